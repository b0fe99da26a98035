import Crypto
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Digests of files, by the names that indexes and locks give to the algorithms. Blocks.
enum FileDigest {
    /// Hexadecimal digits of `sha512`, `sha384`, `sha1` or `md5`.
    static func hex(of path: FilePath, _ algorithm: String) throws(PackageSourceError) -> String {
        switch algorithm {
        case "sha512": try hex(of: path, SHA512())
        case "sha384": try hex(of: path, SHA384())
        case "sha1": try hex(of: path, Insecure.SHA1())
        default: try hex(of: path, Insecure.MD5())
        }
    }

    private static func hex(of path: FilePath, _ function: some HashFunction) throws(PackageSourceError) -> String {
        var function = function
        try FileReading.forEachChunk(of: path) { function.update(bufferPointer: $0) }
        return function.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// Reads files of any size in pieces. Blocks.
enum FileReading {
    static func forEachChunk(
        of path: FilePath, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(PackageSourceError) {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .localFile(path: path.string, reason: systemMessage(errno)) }
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 512 << 10)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .localFile(path: path.string, reason: systemMessage(errno))
            }
            if count == 0 { return }
            chunk.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
