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
        // One that cannot be read is no whole one.
        return try? UnpackedCondaPackage(name: name, at: place)
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
        do throws(ArchiveError) {
            try CondaArchive.unpack(file, into: draft, name: name)
        } catch {
            throw .archive(error)
        }
        // What is not sound is told now, not when half of it is linked.
        _ = try UnpackedCondaPackage(name: name, at: draft)
        // Something that cannot be read may stand there.
        try? FileManager.default.removeItem(atPath: place.string)
        guard rename(draft.string, place.string) == 0 else {
            throw .system(operation: "put the package at", path: place.string, code: errno)
        }
        return try UnpackedCondaPackage(name: name, at: place)
    }
}
