public import CondaPackaging
public import PythonPackaging

/// The conda packages of a lock, with the channels that they come from: the table `[tool.penstock.conda]` of a
/// `pylock.toml`, since the standard has no place for them.
public struct LockedConda: Sendable, Hashable {
    /// Base URLs, without credentials, the first channel first.
    public var channels: [String]
    /// In the order of names, versions, builds and subdirs.
    public var packages: [LockedCondaPackage]

    public init(channels: [String], packages: [LockedCondaPackage]) {
        self.channels = channels
        self.packages = packages
    }
}

/// One conda package of a lock.
public struct LockedCondaPackage: Sendable, Hashable {
    /// All that repodata tells of it: what a `conda-meta` record needs.
    public var record: RepodataRecord
    /// Where the archive can be had, without credentials.
    public var url: String
    /// The base URL of the channel, without credentials.
    public var channel: String
    /// The targets of the lock that install it; all of them, where none is named.
    public var targets: [LockTarget]
    /// The Python projects whose `dist-info` is in it, as far as that was looked at.
    public var provides: [ProvidedProject]

    public init(
        record: RepodataRecord, url: String, channel: String, targets: [LockTarget] = [], provides: [ProvidedProject] = []
    ) {
        self.record = record
        self.url = url
        self.channel = channel
        self.targets = targets
        self.provides = provides
    }
}

/// A Python project that a conda package brings along.
public struct ProvidedProject: Sendable, Hashable {
    public var name: PackageName
    public var version: Version

    public init(name: PackageName, version: Version) {
        self.name = name
        self.version = version
    }
}
