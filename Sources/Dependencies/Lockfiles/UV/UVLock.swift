public import PythonPackaging

/// A `uv.lock`: the packages of a project for all platforms and Pythons that it supports, as a graph.
///
/// `packages(for:…)` walks the graph for one target and gives a `PyLock` of what uv would install there.
public struct UVLock: Sendable, Hashable {
    /// The Pythons that the lock is for.
    public var requiresPython: String?
    /// The environments that the lock is for; all, where none are named.
    public var supportedMarkers: [Marker]
    /// The projects that were locked, if there are several or they were told.
    public var members: [PackageName]
    /// What is asked for beside the projects, such as by a script.
    public var requirements: [UVDependency]
    /// Groups of a workspace without a project, by their name.
    public var groups: [PackageName: [UVDependency]]
    public var packages: [UVPackage]
    /// Of version 1; later ones say more.
    public var revision: Int64
    /// The same groups, as the lock says that they were asked for.
    public var askedGroups: [PackageName: [UVRequirement]] = [:]
    public var settings = UVLockSettings()

    public init(
        requiresPython: String? = nil, supportedMarkers: [Marker] = [], members: [PackageName] = [],
        requirements: [UVDependency] = [], groups: [PackageName: [UVDependency]] = [:], packages: [UVPackage],
        revision: Int64 = 0
    ) {
        self.requiresPython = requiresPython
        self.supportedMarkers = supportedMarkers
        self.members = members
        self.requirements = requirements
        self.groups = groups
        self.packages = packages
        self.revision = revision
    }

    /// The versions of packages that are there in one version: what another resolution may prefer.
    public var versions: [PackageName: Version] {
        Dictionary(grouping: packages, by: \.name).compactMapValues { entries in
            Set(entries.map(\.version)).count == 1 ? entries[0].version : nil
        }
    }
}

/// One package of a `uv.lock`, in one version.
public struct UVPackage: Sendable, Hashable {
    public var name: PackageName
    /// Absent where it may change from build to build.
    public var version: Version?
    public var source: UVSource
    /// The part of the environments in which this entry is the one for its name; all, where none are named.
    public var resolutionMarkers: [Marker]
    public var dependencies: [UVDependency]
    public var optionalDependencies: [ExtraName: [UVDependency]]
    public var groups: [PackageName: [UVDependency]]
    public var sdist: LockedSdist?
    public var wheels: [LockedWheel]
    /// Of projects and other sources that may change.
    public var metadata: UVMetadata?
    /// Of a project that says which groups are taken by default; locks tell it from revision 5 on.
    public var defaultGroups: UVDefaultGroups?
}

/// `[tool.uv] default-groups`, where it is not `dev` alone.
public enum UVDefaultGroups: Sendable, Hashable {
    case all
    case named(Set<PackageName>)
}

/// A package that another one needs.
public struct UVDependency: Sendable, Hashable {
    public var name: PackageName
    /// With the source: what tells apart entries of one name. Absent where there is only one.
    public var version: Version?
    public var source: UVSource?
    public var extras: [ExtraName]
    public var marker: Marker?
}

/// Where a package of a `uv.lock` comes from.
public enum UVSource: Sendable, Hashable {
    /// An index, by its URL, or a folder of files.
    case registry(String)
    case git(LockedRepository)
    /// A file on the web, with the folder of the project within it.
    case url(String, subdirectory: String?)
    /// A file of this machine.
    case path(String)
    case directory(String)
    case editable(String)
    /// A project that is not installed itself.
    case virtual(String)

    /// The folder of a project, relative to that of the lock.
    public var folder: String? {
        switch self {
        case .directory(let path), .editable(let path), .virtual(let path): path
        case .registry, .git, .url, .path: nil
        }
    }
}
