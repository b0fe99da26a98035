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
        self.channels = channels.map(LockedURL.withoutSecrets)
        self.packages = packages.sorted(by: LockedCondaPackage.isOrdered)
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
        self.url = LockedURL.withoutSecrets(url)
        self.channel = LockedURL.withoutSecrets(channel)
        self.targets = Set(targets).sorted()
        self.provides = provides.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    }

    /// By name, then version, build and subdir, then by what targets and places tell apart.
    static func isOrdered(_ left: Self, _ right: Self) -> Bool {
        let (first, second) = (left.record, right.record)
        if first.name != second.name { return first.name < second.name }
        if first.version != second.version { return first.version < second.version }
        func rest(_ package: Self) -> [String] {
            [
                package.record.version.description, package.record.build, package.record.subdir.description, package.url,
                package.targets.map(\.words).joined(separator: ","),
            ]
        }
        return rest(left).lexicographicallyPrecedes(rest(right))
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
