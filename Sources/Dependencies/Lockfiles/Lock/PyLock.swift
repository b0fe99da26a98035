public import PythonPackaging

/// A lock: exactly which files make up an environment (PEP 751, `pylock.toml`).
///
/// Reading what was written gives the same value, as long as packages and wheels are in order, which they are when a
/// lock is made by one of the initializers.
public struct PyLock: Sendable, Hashable {
    /// The version of the format that is written. Its minor successors are read.
    public static let formatVersion = "1.0"

    /// The name under which Penstock makes locks. Its version is not told, so that a lock changes when its content does.
    public static let creator = "penstock"

    /// Markers of the environments that the lock is for; none means that nothing is said.
    public var environments: [String]
    /// The Pythons that the lock is for, as a specifier set.
    public var requiresPython: String?
    /// The extras that can be chosen on installing.
    public var extras: [ExtraName]
    /// The dependency groups that can be chosen on installing.
    public var dependencyGroups: [String]
    /// The groups that are installed when none is chosen.
    public var defaultGroups: [String]
    /// The tool that made the lock.
    public var createdBy: String
    /// In the order of names and versions.
    public var packages: [LockedPackage]
    /// The conda packages that are installed beside (or under) the Python ones.
    public var conda: LockedConda?
    /// What was asked for, in locks that Penstock made.
    public var origin: LockOrigin?
    /// The tables of other tools, by their name.
    public var otherTools: [String: LockValue]

    public init(
        environments: [String] = [], requiresPython: String? = nil, extras: [ExtraName] = [],
        dependencyGroups: [String] = [], defaultGroups: [String] = [], createdBy: String = PyLock.creator,
        packages: [LockedPackage], conda: LockedConda? = nil, origin: LockOrigin? = nil, otherTools: [String: LockValue] = [:]
    ) {
        self.environments = environments
        self.requiresPython = requiresPython
        self.extras = extras.sorted()
        self.dependencyGroups = dependencyGroups.sorted()
        self.defaultGroups = defaultGroups.sorted()
        self.createdBy = createdBy
        self.packages = packages.sorted(by: LockedPackage.isOrdered)
        self.conda = conda
        self.origin = origin
        self.otherTools = otherTools
    }

    /// The entries for a name; several where a lock is for several environments.
    public func packages(named name: PackageName) -> [LockedPackage] { packages.filter { $0.name == name } }

    /// The versions that are locked, of packages that are there in one version: what another resolution may prefer.
    public var versions: [PackageName: Version] {
        var versions: [PackageName: Version] = [:]
        for (name, entries) in Dictionary(grouping: packages, by: \.name) where Set(entries.map(\.version)).count == 1 {
            versions[name] = entries[0].version
        }
        return versions
    }
}
