package import Digests
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The newest archive of each flow, kept by the fingerprint of its files: `<flow>/<fingerprint>.<digest>.tgz`.
///
/// Everything in it can be made again, so that nothing here fails: what cannot be read is not there, what cannot be written is
/// not kept.
package struct KeptArchives: Sendable {
    private let folder: FilePath

    /// - Parameters:
    ///   - root: holds those of all flows; somebody else makes it.
    ///   - flowFile: as an absolute path.
    package init(in root: FilePath, of flowFile: FilePath) {
        folder = root.appending(SHA256Digest(hashing: flowFile.string).hex)
    }

    /// What is kept for the fingerprint: the digest of the archive, and where it is.
    package func archive(of fingerprint: PackageFingerprint) -> (digest: SHA256Digest, file: FilePath)? {
        let prefix = fingerprint.digest.hex + "."
        for name in names where name.hasPrefix(prefix) && name.hasSuffix(".tgz") {
            guard let digest = SHA256Digest(hex: name.dropFirst(prefix.count).dropLast(4)) else { continue }
            // The last use, for whoever makes room in the cache.
            utimensat(AT_FDCWD, folder.string, nil, 0)
            return (digest, folder.appending(name))
        }
        return nil
    }

    /// Keeps an archive in the place of the one before.
    package func keep(_ archive: [UInt8], digest: SHA256Digest, for fingerprint: PackageFingerprint) {
        mkdir(folder.string, 0o755)
        let earlier = names
        let name = "\(fingerprint.digest.hex).\(digest.hex).tgz"
        let draft = folder.appending(".\(name).\(getpid())").string
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        let isWritten = Self.write(archive, to: descriptor)
        guard close(descriptor) == 0, isWritten, rename(draft, folder.appending(name).string) == 0 else {
            unlink(draft)
            return
        }
        for other in earlier where other != name { unlink(folder.appending(other).string) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while let start = rest.baseAddress, !rest.isEmpty {
                #if canImport(Glibc)
                let count = Glibc.write(descriptor, start, rest.count)
                #elseif canImport(Musl)
                let count = Musl.write(descriptor, start, rest.count)
                #else
                let count = Darwin.write(descriptor, start, rest.count)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
    }

    private var names: [String] {
        guard let listing = try? FolderListing(folder.string) else { return [] }
        defer { listing.close() }
        return listing.entries.map(\.name)
    }

    /// The bytes of an archive that is kept; `nil` when they are not those that were kept.
    package static func read(_ file: FilePath, digest: SHA256Digest) -> [UInt8]? {
        var status = stat()
        guard stat(file.string, &status) == 0, let bytes = try? WholeFile.read(file, size: Int(status.st_size)),
            SHA256Digest(hashing: bytes) == digest
        else { return nil }
        return bytes
    }

    /// Whether the bytes of an archive are those that were kept; holds little of it in memory.
    package static func holds(_ file: FilePath, _ digest: SHA256Digest) -> Bool {
        let descriptor = open(file.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var position = 0
        while true {
            let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(position)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 && hasher.finalize() == digest }
            buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            position += count
        }
    }
}
