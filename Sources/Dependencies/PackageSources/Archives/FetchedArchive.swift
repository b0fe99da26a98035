public import Digests
public import SystemPackage

/// A file that was fetched by its address.
public struct FetchedArchive: Sendable, Hashable {
    /// Where it lies: in the cache, or where a `file:` address says. It must not be changed.
    public var path: FilePath
    public var sha256: SHA256Digest
    /// In bytes.
    public var size: Int64

    public init(path: FilePath, sha256: SHA256Digest, size: Int64) {
        self.path = path
        self.sha256 = sha256
        self.size = size
    }
}
