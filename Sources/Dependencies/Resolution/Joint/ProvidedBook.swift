internal import CondaChannels
internal import CondaPackaging
internal import PythonPackaging

/// Which Python projects conda packages have: guessed by their names until a package was looked at.
struct ProvidedBook: Sendable {
    /// By the URL of the archive.
    private(set) var seen: [String: [ProvidedDistribution]] = [:]
    /// Conda names that turned out to have a project of another name.
    private var others: [PackageName: Set<CondaName>] = [:]

    /// Takes note of what a package has; returns whether that is another thing than was guessed.
    mutating func learn(_ found: [ProvidedDistribution], of package: JointCandidate) -> Bool {
        let guessed = Set(projects(of: package).map(\.name))
        seen[package.url] = found
        for project in found { others[project.name, default: []].insert(package.record.name) }
        return guessed != Set(found.map(\.name))
    }

    func knows(_ package: JointCandidate) -> Bool { seen[package.url] != nil }

    /// Whether a package may have Python projects at all.
    static func isPython(_ record: RepodataRecord) -> Bool {
        record.noarch == .python || record.depends.contains { MatchSpec.name(in: $0) == "python" }
    }

    /// The conda packages that may have a project.
    func condaNames(of project: PackageName) -> Set<CondaName> {
        var names = others[project] ?? []
        if let same = try? CondaName(parsing: project.description) { names.insert(same) }
        return names
    }

    func projects(of package: JointCandidate) -> [(name: PackageName, version: Version)] {
        if let found = seen[package.url] { return found.map { ($0.name, $0.version) } }
        guard Self.isPython(package.record), let name = try? PackageName(parsing: package.record.name.description),
            let version = try? Version(parsing: package.record.version.description)
        else { return [] }
        return [(name, version)]
    }

    /// A stand-in for each conda package that has the project, in the order of the conda packages.
    func standIns(of project: PackageName, in book: JointBook) -> [StandIn] {
        condaNames(of: project).sorted { $0 < $1 }.flatMap { name in
            book.candidates(of: name).compactMap { candidate in
                projects(of: candidate).first { $0.name == project }.map {
                    StandIn(conda: name, url: candidate.url, version: $0.version)
                }
            }
        }
    }
}
