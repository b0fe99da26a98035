import Archives
import Digests
import Environments
import PackageSources
import PythonPackaging
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What came of builds, in the cache: `builds/<digest>/`, with `METADATA`, a wheel and its name in `wheel`, and `log`.
struct BuildStore: Sendable {
    let cache: CacheDirectory

    private static let wheelRecord = "wheel"

    private func folder(_ key: SHA256Digest) -> FilePath { cache.path(.builds, String(key.hex.prefix(32))) }

    /// The file for what a build prints; its folder is made. Blocks.
    func log(_ key: SHA256Digest) throws(SourceBuildError) -> FilePath {
        do throws(PackageSourceError) {
            return try cache.prepare(.builds, String(key.hex.prefix(32))).appending("log")
        } catch {
            throw SourceBuildError(error)
        }
    }

    // MARK: - Metadata

    /// Blocks.
    func metadata(_ key: SHA256Digest) -> CoreMetadata? {
        ProjectFolder(folder(key)).read("METADATA").flatMap { try? CoreMetadata(parsing: $0) }
    }

    /// Blocks.
    func keep(_ metadata: CoreMetadata, as key: SHA256Digest) throws(SourceBuildError) {
        do throws(PackageSourceError) {
            try cache.publish(Array(metadata.text.utf8), to: folder(key).appending("METADATA"))
        } catch {
            throw SourceBuildError(error)
        }
    }

    // MARK: - Wheels

    /// The wheel, if it is there with the size that it had. Blocks.
    func wheel(_ key: SHA256Digest) -> BuiltWheel? {
        guard let bytes = ProjectFolder(folder(key)).read(Self.wheelRecord) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count == 3, let filename = try? WheelFilename(parsing: lines[0]),
            let sha256 = SHA256Digest(hex: lines[1]), let size = Int64(lines[2])
        else { return nil }
        let file = folder(key).appending(filename.description)
        var status = stat()
        guard stat(file.string, &status) == 0, Int64(status.st_size) == size else { return nil }
        return BuiltWheel(file: file, filename: filename, sha256: sha256, size: size)
    }

    /// Takes a finished wheel over. Blocks.
    func keep(
        _ wheel: FilePath, named filename: WheelFilename, as key: SHA256Digest
    ) throws(SourceBuildError) -> BuiltWheel {
        let (sha256, size) = try FileDigest.of(wheel)
        let place = folder(key).appending(filename.description)
        do throws(PackageSourceError) {
            try cache.prepare(.builds, String(key.hex.prefix(32)))
            guard rename(wheel.string, place.string) == 0 else {
                throw .cache(operation: "keep the wheel", path: place.string, code: errno)
            }
            let record = "\(filename)\n\(sha256.hex)\n\(size)\n"
            try cache.publish(Array(record.utf8), to: folder(key).appending(Self.wheelRecord))
        } catch {
            throw SourceBuildError(error)
        }
        return BuiltWheel(file: place, filename: filename, sha256: sha256, size: size)
    }

    /// Keeps under a second address what is kept under a first. Blocks.
    func copy(_ key: SHA256Digest, to other: SHA256Digest) throws(SourceBuildError) {
        if let metadata = metadata(key) { try keep(metadata, as: other) }
        guard let wheel = wheel(key) else { return }
        let draft = cache.temporaryName(beside: wheel.file)
        guard link(wheel.file.string, draft.string) == 0 else {
            throw .system(operation: "keep the wheel", path: draft.string, code: errno)
        }
        _ = try keep(draft, named: wheel.filename, as: other)
    }
}

/// Digests of files on the disk.
enum FileDigest {
    /// The SHA-256 and the size in bytes of a file. Blocks.
    static func of(_ path: FilePath) throws(SourceBuildError) -> (SHA256Digest, Int64) {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "read", path: path.string, code: errno) }
        defer { close(descriptor) }
        var hasher = SHA256Hasher()
        var size: Int64 = 0
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(operation: "read", path: path.string, code: errno)
            }
            if count == 0 { return (hasher.finalize(), size) }
            chunk.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            size += Int64(count)
        }
    }
}
