public import CondaPackaging
public import Digests

/// An archive that is wanted: where it is, and what it must be.
public struct CondaArchiveOrder: Sendable, Hashable {
    /// `https:`, `http:` or `file:`; without credentials, which are found by the channel it belongs to.
    public var url: String
    public var sha256: SHA256Digest?
    public var md5: MD5Digest?
    /// In bytes.
    public var size: Int64?

    public init(url: String, sha256: SHA256Digest? = nil, md5: MD5Digest? = nil, size: Int64? = nil) {
        self.url = url
        self.sha256 = sha256
        self.md5 = md5
        self.size = size
    }

    /// The archive of a record.
    public init(_ record: RepodataRecord, url: String) {
        self.init(url: url, sha256: record.sha256, md5: record.md5, size: record.size.flatMap { Int64(exactly: $0) })
    }

    /// The hashes by the names of their algorithms. An MD5 says nothing more where there is a SHA-256.
    var hashes: [String: String] {
        if let sha256 { return ["sha256": sha256.hex] }
        return md5.map { ["md5": $0.description] } ?? [:]
    }
}
