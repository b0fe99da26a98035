public import PythonPackaging

/// One package of a lock, in one version.
public struct LockedPackage: Sendable, Hashable {
    public var name: PackageName
    /// Absent only for sources whose version may change, such as a directory.
    public var version: Version?
    /// When the package is installed; always, where nothing is said.
    public var marker: Marker?
    /// The Pythons that it is for, as its metadata has it. The initializers leave out what is no specifier set.
    public var requiresPython: String?
    /// The packages of the lock that this one needs, by name: they tell why something is there; installing does not
    /// need them.
    public var dependencies: [LockedDependency]
    public var source: LockedSource
    /// The index the files come from, without credentials.
    public var index: String?
    /// Who is known to have published the files.
    public var attestationIdentities: [LockValue]
    /// What tools have noted, by their name.
    public var tool: [String: LockValue]

    public init(
        name: PackageName, version: Version?, marker: Marker? = nil, requiresPython: String? = nil,
        dependencies: [LockedDependency] = [], source: LockedSource, index: String? = nil,
        attestationIdentities: [LockValue] = [], tool: [String: LockValue] = [:]
    ) {
        self.name = name
        self.version = version
        self.marker = marker
        self.requiresPython = requiresPython.flatMap { (try? SpecifierSet(parsing: $0)) == nil ? nil : $0 }
        self.dependencies = dependencies.sorted(by: LockedDependency.isOrdered)
        self.source = source.inOrder
        self.index = index.map(LockedURL.withoutCredentials)
        self.attestationIdentities = attestationIdentities
        self.tool = tool
    }

    /// A package with wheels from an index.
    public init(
        name: PackageName, version: Version, requiresPython: String? = nil, marker: Marker? = nil,
        dependencies: [PackageName] = [], index: String? = nil, wheels: [LockedWheel]
    ) {
        self.init(
            name: name, version: version, marker: marker, requiresPython: requiresPython,
            dependencies: dependencies.map { LockedDependency(name: $0) },
            source: .distributions(sdist: nil, wheels: wheels), index: index)
    }

    /// The wheels, in the order of their file names; none for other kinds of sources.
    public var wheels: [LockedWheel] {
        if case .distributions(_, let wheels) = source { wheels } else { [] }
    }

    /// The source distribution.
    public var sdist: LockedSdist? {
        if case .distributions(let sdist, _) = source { sdist } else { nil }
    }

    /// By name, then version, then what else tells entries apart.
    static func isOrdered(_ left: LockedPackage, _ right: LockedPackage) -> Bool {
        if left.name != right.name { return left.name < right.name }
        if left.version != right.version {
            guard let leftVersion = left.version else { return true }
            return right.version.map { leftVersion < $0 } ?? false
        }
        return (left.marker?.description ?? "") < (right.marker?.description ?? "")
    }
}

extension LockedPackage: CustomStringConvertible {
    /// Name and version, for messages: `attrs 25.1.0`.
    public var description: String { version.map { "\(name) \($0)" } ?? "\(name)" }
}

/// A package that another one needs, with what tells it apart from others of its name.
public struct LockedDependency: Sendable, Hashable {
    public var name: PackageName
    public var version: Version?
    /// Further keys of the entry that is meant.
    public var others: [String: LockValue]

    public init(name: PackageName, version: Version? = nil, others: [String: LockValue] = [:]) {
        self.name = name
        self.version = version
        self.others = others
    }

    static func isOrdered(_ left: LockedDependency, _ right: LockedDependency) -> Bool {
        if left.name != right.name { return left.name < right.name }
        let versions = (left.version?.description ?? "", right.version?.description ?? "")
        if versions.0 != versions.1 { return versions.0 < versions.1 }
        return TOMLText.inline(.table(left.others)) < TOMLText.inline(.table(right.others))
    }
}
