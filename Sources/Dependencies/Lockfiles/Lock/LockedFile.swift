public import Digests

/// A wheel of a lock.
public typealias LockedWheel = LockedFile
/// A source distribution of a lock.
public typealias LockedSdist = LockedFile

/// A file that a lock names, with the hash that it must have.
public struct LockedFile: Sendable, Hashable {
    /// The name of the file, without a folder.
    public var filename: String
    /// Where it can be had, without credentials. At least one of `url` and `path` is there.
    public var url: String?
    /// Where it lies: absolute, or relative to the lock's own folder.
    public var path: String?
    public var sha256: SHA256Digest
    /// Other hashes by the name of their algorithm, in hexadecimal digits.
    public var otherHashes: [String: String]
    /// In bytes.
    public var size: Int64?
    public var uploadTime: UTCTime?

    public init(
        filename: String, url: String?, path: String? = nil, sha256: SHA256Digest,
        otherHashes: [String: String] = [:], size: Int64? = nil, uploadTime: UTCTime?
    ) {
        self.filename = filename
        self.url = url.map(LockedURL.withoutCredentials)
        self.path = path
        self.sha256 = sha256
        self.otherHashes = otherHashes
        self.size = size
        self.uploadTime = uploadTime
    }

    /// A file that an index offers.
    ///
    /// - Parameter uploadTime: As the index gives it (RFC 3339); what is no moment is left out.
    public init(filename: String, url: String, sha256: SHA256Digest, size: Int64? = nil, uploadTime: String? = nil) {
        self.init(
            filename: filename, url: url, path: nil, sha256: sha256, size: size,
            uploadTime: uploadTime.flatMap { UTCTime(parsing: $0) })
    }

    /// The name that URL or path give the file by themselves.
    static func defaultName(url: String?, path: String?) -> String {
        LockedURL.filename(of: path?.split(separator: "\\").last.map(String.init) ?? url ?? "")
    }
}
