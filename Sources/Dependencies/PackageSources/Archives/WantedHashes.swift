import Crypto
import Digests
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The hashes that a file must have.
struct WantedHashes: Sendable, CustomStringConvertible {
    let sha256: SHA256Digest?
    /// By the name of their algorithm, in lower-case hexadecimal digits; only algorithms that can be checked.
    private let others: [String: String]

    /// Digits of each algorithm that can be checked.
    private static let lengths = ["sha512": 128, "sha384": 96, "sha1": 40, "md5": 32]

    /// - Throws: `.uncheckableHash` if there are hashes and none of them can be checked.
    init(_ hashes: [String: String], url: String) throws(PackageSourceError) {
        var sha256: SHA256Digest?
        var others: [String: String] = [:]
        for (algorithm, digits) in hashes {
            let algorithm = algorithm.lowercased()
            if algorithm == "sha256" {
                sha256 = SHA256Digest(hex: digits.lowercased())
            } else if let length = Self.lengths[algorithm], digits.utf8.count == length {
                others[algorithm] = digits.lowercased()
            }
        }
        guard hashes.isEmpty || sha256 != nil || !others.isEmpty else {
            throw .uncheckableHash(url: redacting(url), algorithms: hashes.keys.sorted())
        }
        self.sha256 = sha256
        self.others = others
    }

    var description: String {
        ([("sha256", sha256?.hex ?? "")] + others.sorted { $0.key < $1.key }).map { "\($0.0)=\($0.1)" }.joined(separator: ",")
    }

    /// Checks what was fetched. Reads the file only for algorithms other than SHA-256. Blocks.
    func check(_ archive: FetchedArchive, url: String) throws(PackageSourceError) {
        if let sha256, sha256 != archive.sha256 {
            throw .digestMismatch(url: redacting(url), expected: sha256, found: archive.sha256)
        }
        for (algorithm, expected) in others.sorted(by: { $0.key < $1.key }) {
            let found = try Self.digest(of: archive.path, algorithm)
            guard found == expected else {
                throw .hashMismatch(url: redacting(url), algorithm: algorithm, expected: expected, found: found)
            }
        }
    }

    private static func digest(of path: FilePath, _ algorithm: String) throws(PackageSourceError) -> String {
        switch algorithm {
        case "sha512": try digest(of: path, SHA512())
        case "sha384": try digest(of: path, SHA384())
        case "sha1": try digest(of: path, Insecure.SHA1())
        default: try digest(of: path, Insecure.MD5())
        }
    }

    private static func digest(of path: FilePath, _ function: some HashFunction) throws(PackageSourceError) -> String {
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
