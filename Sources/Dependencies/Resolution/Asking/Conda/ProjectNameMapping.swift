public import CondaPackaging
public import PythonPackaging

/// Which Python projects conda packages have, as a person says it: `pytorch` has `torch`.
///
/// It counts for every version of the package, and more than what is found in its archive: a package that is named here has these
/// projects and no others. Each has the version that its `dist-info` in the package tells; where there is none, that of the conda
/// package.
public struct ProjectNameMapping: Sendable, Hashable {
    /// In the order of their names; none for a package without any Python project.
    public private(set) var projects: [CondaName: [PackageName]]
    private var packages: [PackageName: Set<CondaName>] = [:]

    public init(_ projects: [CondaName: [PackageName]] = [:]) {
        self.projects = projects.mapValues { Set($0).sorted() }
        for (package, projects) in projects {
            for project in projects { packages[project, default: []].insert(package) }
        }
    }

    public var isEmpty: Bool { projects.isEmpty }

    /// The projects of a conda package; `nil` where nothing is said of it, empty where it has none.
    public func projects(of package: CondaName) -> [PackageName]? { projects[package] }

    /// The conda packages that have a project.
    public func packages(of project: PackageName) -> Set<CondaName> { packages[project] ?? [] }

    /// This mapping, with what it does not say taken from another one.
    public func over(_ other: Self) -> Self { Self(projects.merging(other.projects) { mine, _ in mine }) }

    /// The names as texts, for a lock.
    public var texts: [String: [String]] {
        Dictionary(uniqueKeysWithValues: projects.map { ($0.key.description, $0.value.map(\.description)) })
    }
}
