internal import CondaChannels
internal import CondaPackaging
internal import CondaSolving
internal import PythonPackaging

/// Which Python projects the records of conda packages have: what the person says of a package's names, else what a look into
/// the record showed, else a guess.
///
/// The guess is what another record of the package was seen to have, else that a package that depends on Python has the project
/// of its own name. Where another record of the package was seen without that, it is a doubtful one.
struct ProvidedBook: Sendable {
    /// A project in a record.
    struct Item: Sendable, Hashable {
        let name: PackageName
        let version: Version
        /// Whether what is known speaks against it.
        var isDoubtful = false
    }

    private let names: ProjectNameMapping
    private var seen: [RecordIdentity: [ProvidedDistribution]] = [:]
    /// What the record of a package that was seen last has, by name.
    private var patterns: [CondaName: [PackageName]] = [:]
    /// Packages that turned out to have a project of another name.
    private var packages: [PackageName: Set<CondaName>] = [:]

    init(_ names: ProjectNameMapping) { self.names = names }

    /// Takes note of what a look into a record showed.
    mutating func learn(_ found: [ProvidedDistribution], of record: RecordIdentity) {
        seen[record] = found
        patterns[record.name] = Set(found.map(\.name)).sorted()
        for project in found { packages[project.name, default: []].insert(record.name) }
    }

    /// What a look into a record showed; `nil` where nobody looked.
    func distributions(in record: RecordIdentity) -> [ProvidedDistribution]? { seen[record] }

    /// Whether the person said that a package has no Python project.
    func isEmpty(_ name: CondaName) -> Bool { names.projects(of: name)?.isEmpty ?? false }

    // MARK: - Packages of a project

    /// The conda packages that may have a project, in the order of their names.
    func packages(of project: PackageName) -> [CondaName] {
        var found = names.packages(of: project)
        for name in (packages[project] ?? []).union(Self.namesakes(of: project)) where names.projects(of: name) == nil {
            found.insert(name)
        }
        return found.sorted()
    }

    /// Names in conda's spelling that are the project's as Python compares names: conda keeps `_` and `.` apart from `-`.
    private static func namesakes(of project: PackageName) -> Set<CondaName> {
        let parts = project.description.split(separator: "-")
        var spellings = [project.description]
        if parts.count > 1 { spellings += [parts.joined(separator: "_"), parts.joined(separator: ".")] }
        if parts.count > 2 {
            let rest = parts.dropFirst()
            spellings += [rest.joined(separator: "_"), rest.joined(separator: "-")].map { "\(parts[0]).\($0)" }
        }
        return Set(spellings.compactMap { try? CondaName(parsing: $0) })
    }

    // MARK: - Projects of a record

    /// The projects that a record has, as far as is known.
    ///
    /// - Parameter dependsOnPython: whether it may have any.
    func projects(of record: RecordIdentity, dependsOnPython: @autoclosure () -> Bool) -> [Item] {
        let version = try? Version(parsing: record.version)
        if let said = names.projects(of: record.name) {
            return said.compactMap { name in
                let found = seen[record]?.first { $0.name == name }?.version
                return (found ?? version).map { Item(name: name, version: $0) }
            }
        }
        if let found = seen[record] { return found.map { Item(name: $0.name, version: $0.version) } }
        guard let version, dependsOnPython() else { return [] }
        let own = try? PackageName(parsing: record.name.description)
        guard let pattern = patterns[record.name] else { return own.map { [Item(name: $0, version: version)] } ?? [] }
        let doubtful = own.flatMap { pattern.contains($0) ? nil : [Item(name: $0, version: version, isDoubtful: true)] }
        return pattern.map { Item(name: $0, version: version) } + (doubtful ?? [])
    }
}

/// What tells a record apart from all others.
struct RecordIdentity: Hashable, Sendable {
    let name: CondaName
    /// As it is spelled.
    let version: String
    let build: String
    /// The number of the folder that it is in.
    let source: Int

    /// `nil` for virtual packages.
    init?(_ candidate: CondaCandidate) {
        guard let source = candidate.source else { return nil }
        name = candidate.name
        version = candidate.version.spelling
        build = candidate.build
        self.source = source
    }
}
