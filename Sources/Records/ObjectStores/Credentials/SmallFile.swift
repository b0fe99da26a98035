import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads files of settings and tokens whole.
enum SmallFile {
    /// Such a file is never longer, in bytes.
    private static let limit = 4 << 20

    /// The text of a file; `nil` if there is none.
    ///
    /// - Throws: `.file` when it is there and cannot be read.
    static func text(_ path: FilePath) throws(CredentialError) -> String? {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .file(path: path.string, problem: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .file(path: path.string, problem: String(cString: strerror(errno)))
            }
            if count == 0 { break }
            bytes += chunk[..<count]
            if bytes.count > limit { throw .file(path: path.string, problem: "it is too long for such a file") }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
