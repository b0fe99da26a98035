public import Digests
public import Lockfiles
public import SystemPackage

/// An environment that lies in the cache.
public struct StoredEnvironment: Sendable, Hashable {
    /// The name of its folder: the first 32 digits of what it is addressed by.
    public let name: String
    /// Its root.
    public let path: FilePath
    /// What it was made from; absent for one that was made before environments had a record.
    public let origin: EnvironmentOrigin?
    /// When a run took it the last time. A clock that was wrong then may have put that into the future.
    public let lastUsed: UTCTime

    /// What it is addressed by, if that is known.
    public var digest: SHA256Digest? { origin?.digest }

    /// The interpreter to run.
    public var python: FilePath { path.pushing(FilePath(origin?.python.command ?? "bin/python")) }
}
