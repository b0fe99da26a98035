import Clusters

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads files of settings, tokens and certificates whole. Blocks, but not for long.
enum SmallFile {
    /// Such a file is never longer, in bytes.
    private static let limit = 8 << 20

    /// The text of a file; `nil` if there is none.
    static func text(_ path: String) throws(ClusterError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(path, String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path, String(cString: strerror(errno)))
            }
            if count == 0 { break }
            bytes += chunk[..<count]
            if bytes.count > limit { throw failure(path, "it is too long for such a file") }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func failure(_ path: String, _ problem: String) -> ClusterError {
        ClusterError(
            "kubernetes", .notSetUp, "\(path) cannot be read: \(problem)", help: "make it readable, or name another kubeconfig file in KUBECONFIG")
    }
}

extension String {
    /// Without white space at both ends.
    var trimmedLines: String {
        let isSpace = { (character: Character) in character.isWhitespace }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
