import CondaPackaging
public import PythonPackaging

extension LockGraph {
    /// A package of either world, as reports show it.
    public struct Package: Sendable, Hashable {
        public let name: String
        /// Of conda packages without the build.
        public let version: String?
        public let marker: Marker?
        /// The build of a conda package; `nil` for a Python one.
        public let build: String?

        public var isConda: Bool { build != nil }
    }

    /// A package by its position: those of `packages` first, then those of `condaPackages`.
    public func package(at position: Int) -> Package {
        guard position >= packages.count else {
            let package = packages[position]
            return Package(
                name: package.name.description, version: package.version?.description, marker: package.marker, build: nil)
        }
        let record = condaPackages[position - packages.count].record
        return Package(name: record.name.description, version: record.version.description, marker: nil, build: record.build)
    }

    /// How many there are in both worlds.
    public var count: Int { packages.count + condaPackages.count }
}

extension LockGraph.Package: CustomStringConvertible {
    /// Name and version, for messages: `attrs 25.1.0`.
    public var description: String { version.map { "\(name) \($0)" } ?? name }
}

/// Adds the needs of conda packages to those of Python ones.
struct CondaNeeds {
    private let packages: [LockedCondaPackage]
    /// The position of the first conda package.
    private let start: Int
    private let positions: [CondaName: [Int]]
    private let providers: [PackageName: [Int]]

    init(_ packages: [LockedCondaPackage], from start: Int) {
        self.packages = packages
        self.start = start
        positions = Dictionary(grouping: packages.indices, by: { packages[$0].record.name })
        var providers: [PackageName: [Int]] = [:]
        for position in packages.indices {
            for project in packages[position].provides { providers[project.name, default: []].append(position + start) }
        }
        self.providers = providers
    }

    /// What each of the conda packages needs, in the order of names.
    var needs: [[LockGraph.Need]] {
        packages.indices.map { position in
            packages[position].record.depends.flatMap { text in
                needs(text, where: { self.sharesTarget($0, position) })
            }.sorted { $0.package < $1.package }
        }
    }

    /// The conda packages that a spec is about.
    func needs(_ text: String, where fits: (Int) -> Bool = { _ in true }) -> [LockGraph.Need] {
        guard let name = (try? MatchSpec(parsing: text))?.name.exactName else { return [] }
        return (positions[name] ?? []).filter(fits).map { LockGraph.Need(package: $0 + start, requirement: nil, spec: text) }
    }

    /// The conda packages that provide a Python project.
    func providing(_ project: PackageName) -> [Int] { providers[project] ?? [] }

    private func sharesTarget(_ one: Int, _ other: Int) -> Bool {
        let (first, second) = (packages[one].targets, packages[other].targets)
        return first.isEmpty || second.isEmpty || !Set(first).isDisjoint(with: second)
    }
}
