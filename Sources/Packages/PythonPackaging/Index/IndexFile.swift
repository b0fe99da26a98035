public import Digests

/// One file that an index offers.
public struct IndexFile: Sendable, Hashable {
    public var filename: String
    /// Absolute, without a fragment.
    public var url: String
    public var sha256: SHA256Digest?
    /// Other hashes by the name of their algorithm, in hexadecimal digits.
    public var otherHashes: [String: String]
    /// In bytes.
    public var size: Int64?
    /// The versions of Python it is for, as the package's metadata has it.
    public var requiresPython: String?
    public var yanked: Yanked
    /// The time of its upload as the index gives it (RFC 3339, UTC).
    public var uploadTime: String?
    public var metadata: MetadataFile

    /// Whether the file was taken back (PEP 592): it is still there, but only for those who name its version exactly.
    public enum Yanked: Sendable, Hashable {
        case no
        /// With the reason, where one is given.
        case yes(String?)
    }

    /// Whether the wheel's metadata can be had alone, at the file's URL with `.metadata` after it (PEP 658, 714).
    public enum MetadataFile: Sendable, Hashable {
        case none
        /// With its hash, where the index gives one.
        case available(SHA256Digest?)
    }

    public init(
        filename: String, url: String, sha256: SHA256Digest? = nil, otherHashes: [String: String] = [:],
        size: Int64? = nil, requiresPython: String? = nil, yanked: Yanked = .no, uploadTime: String? = nil,
        metadata: MetadataFile = .none
    ) {
        self.filename = filename
        self.url = url
        self.sha256 = sha256
        self.otherHashes = otherHashes
        self.size = size
        self.requiresPython = requiresPython
        self.yanked = yanked
        self.uploadTime = uploadTime
        self.metadata = metadata
    }

    public var isYanked: Bool { yanked != .no }
}
