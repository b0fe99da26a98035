import Archives
import FoundationEssentials
public import PackageSources
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The unpacked conda packages of the cache: each once, by the digest of its archive, whoever asks for it.
public struct CondaPackageCache: Sendable {
    public let cache: CacheDirectory

    public init(_ cache: CacheDirectory) { self.cache = cache }

    /// The package, if it is there and whole.
    ///
    /// - Parameter digest: The SHA-256 of the archive, in hexadecimal digits.
    public func present(_ name: String, digest: String) -> UnpackedCondaPackage? {
        let place = cache.path(.condaPackages, digest)
        guard access(place.string, F_OK) == 0 else { return nil }
        return UnpackedCondaPackage(name: name, at: place)
    }

    /// The package, unpacked from its archive unless it is there. Of all processes that want it one unpacks, and the others
    /// wait. What is not complete never has the final name.
    ///
    /// - Parameters:
    ///   - name: `numpy-2.1.3-py312_0`, for messages.
    ///   - file: The archive, whose digest was checked. Its first bytes tell which format it has.
    public func unpacked(_ name: String, digest: String, file: FilePath) async throws(CondaPrefixError) -> UnpackedCondaPackage {
        if let present = present(name, digest: digest) { return present }
        let lock: CacheLock
        do throws(PackageSourceError) {
            lock = try await cache.lock(Self.lockName(digest)) {}
        } catch {
            throw .cache(error)
        }
        defer { lock.release() }
        return try await BlockingWork.run { () throws(CondaPrefixError) in
            if let present = present(name, digest: digest) { return present }
            return try unpack(name, digest, file)
        }
    }

    /// Names the lock that whoever unpacks a package holds.
    package static func lockName(_ digest: String) -> String { "conda \(digest)" }

    private func unpack(_ name: String, _ digest: String, _ file: FilePath) throws(CondaPrefixError) -> UnpackedCondaPackage {
        let place = cache.path(.condaPackages, digest)
        do throws(PackageSourceError) {
            try cache.prepare(.condaPackages)
        } catch {
            throw .cache(error)
        }
        let draft = cache.temporaryName(beside: place)
        defer { try? FileManager.default.removeItem(atPath: draft.string) }
        guard mkdir(draft.string, 0o755) == 0 else { throw .system(operation: "make the folder", path: draft.string, code: errno) }
        do throws(ArchiveError) {
            if try isZip(file, name) {
                try CondaArchive.unpack(file, files: draft.appending("files"), information: draft.appending("information"), name: name)
            } else {
                try TarArchive.unpack(file, into: draft.appending("files"), name: name)
            }
        } catch {
            throw .archive(error)
        }
        let unpacked = UnpackedCondaPackage(name: name, at: draft)
        // What is not sound is told now, not when half of it is linked.
        _ = try unpacked.paths()
        guard rename(draft.string, place.string) == 0 else {
            throw .system(operation: "put the package at", path: place.string, code: errno)
        }
        return UnpackedCondaPackage(name: name, at: place)
    }

    private func isZip(_ file: FilePath, _ name: String) throws(ArchiveError) -> Bool {
        let descriptor = open(file.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ArchiveError(archive: name, .system(operation: "open", code: errno)) }
        defer { close(descriptor) }
        var magic: [UInt8] = [0, 0]
        return read(descriptor, &magic, 2) == 2 && magic == [0x50, 0x4b]
    }
}
