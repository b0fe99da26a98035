internal import PubGrub
internal import PythonPackaging

/// What was known when a resolution failed, as far as words and hints look at it.
struct ConflictScene: Sendable {
    typealias Proof = Derivation<PackageKey, PackageConstraint, Unusable>

    var book: ProjectBook
    let target: PythonTarget
    /// The indexes that were asked, without credentials.
    let indexes: [String]
    /// The names that the person wrote.
    let asked: [PackageName]
    /// What was known of conda packages; `nil` where none were asked for.
    var conda: CondaScene?

    var tables: [PackageName: CandidateTable] { book.projects.mapValues(\.table) }

    func isMissing(_ project: PackageName?) -> Bool { project.map(book.missing.contains) ?? false }

    func table(of project: PackageName) -> CandidateTable? { book.projects[project]?.table }

    /// What the indexes have of a project.
    func listing(of project: PackageName) -> (any VersionListing)? {
        if case .listing(let listing)? = book.projects[project]?.offer { listing } else { nil }
    }

    /// Why a version cannot be used whatever else is chosen, as far as the index alone says it.
    mutating func reason(against candidate: Int, of project: PackageName) -> Unusable? {
        if case .unusable(let reason)? = book.choice(of: candidate, project) { reason } else { nil }
    }

    /// The candidates of a project, newest first.
    func newestFirst(_ project: PackageName) -> [Int]? {
        table(of: project).map { table in (0..<table.count).sorted { table.position(of: $0) < table.position(of: $1) } }
    }

    /// `CPython 3.12 on Linux x86_64`.
    var platform: String {
        let facts = target.markerEnvironment
        return "\(facts.platformPythonImplementation) \(facts.pythonVersion) on \(facts.platformSystem)"
            + " \(facts.platformMachine)"
    }

    /// `the package index https://… does not have`, as the rest of a sentence about something.
    var lack: String {
        switch indexes.count {
        case 0: "no package index has"
        case 1: "the package index \(indexes[0]) does not have"
        default: "none of the package indexes \(indexes.listed("and")) has"
        }
    }
}
