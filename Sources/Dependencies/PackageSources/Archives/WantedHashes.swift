import Digests
import SystemPackage

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

    /// Whether there are hashes, and SHA-256 is not among them.
    var isKnownByOthersOnly: Bool { sha256 == nil && !others.isEmpty }

    var description: String {
        ([("sha256", sha256?.hex ?? "")] + others.sorted { $0.key < $1.key }).map { "\($0.0)=\($0.1)" }.joined(separator: ",")
    }

    /// Checks what was fetched. Reads the file only for algorithms other than SHA-256. Blocks.
    func check(_ archive: FetchedArchive, url: String) throws(PackageSourceError) {
        if let sha256, sha256 != archive.sha256 {
            throw .digestMismatch(url: redacting(url), expected: sha256, found: archive.sha256)
        }
        for (algorithm, expected) in others.sorted(by: { $0.key < $1.key }) {
            let found = try FileDigest.hex(of: archive.path, algorithm)
            guard found == expected else {
                throw .hashMismatch(url: redacting(url), algorithm: algorithm, expected: expected, found: found)
            }
        }
    }
}
