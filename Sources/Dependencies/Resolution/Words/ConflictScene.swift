internal import CondaPackaging
internal import CondaSolving
internal import PubGrub
internal import PythonPackaging

/// What was known when a resolution failed, as far as words and hints look at it.
struct ConflictScene: Sendable {
    typealias Proof = Derivation<PackageKey, PackageConstraint, Unusable>

    /// What was known of projects; `nil` where only conda packages were asked for.
    var index: IndexScene?
    /// What was known of conda packages; `nil` where none were asked for.
    var conda: CondaScene?

    init(book: ProjectBook, target: PythonTarget, indexes: [String], asked: [PackageName], conda: CondaScene? = nil) {
        index = IndexScene(book: book, target: target, indexes: indexes, asked: asked)
        self.conda = conda
    }

    init(conda: CondaScene) { self.conda = conda }

    /// The versions of a package, by the numbers that the solver has for its candidates.
    func versions(of key: PackageKey) -> NamedVersions? {
        switch key {
        case .root: return nil
        case .project(let name), .extra(let name, _):
            return table(of: name).map(NamedVersions.init)
        case .conda(let package):
            guard let book = conda?.book else { return nil }
            let candidates = book.candidates(of: book.base(of: package))
            return candidates.isEmpty ? nil : NamedVersions(candidates)
        }
    }

    /// ` 2.4`, ` 2.1 to 2.4`: the versions of a project in the records of a conda package.
    func contents(of key: PackageKey, _ project: PackageName) -> String {
        guard case .conda(let package) = key, let table = table(of: project) else { return "" }
        let versions = table.standIns.filter { $0.package == package }.map(\.version)
        guard let newest = versions.max(), let oldest = versions.min() else { return "" }
        return newest == oldest ? " \(newest)" : " \(oldest) to \(newest)"
    }

    /// Whether there are candidates in a set, and all of them stand for conda records.
    func isOfCondaOnly(_ set: CandidateSet, of project: PackageName) -> Bool {
        guard let table = table(of: project), !table.standIns.isEmpty, !set.candidates.isEmpty else { return false }
        return set.candidates.allSatisfy { table.standIn(of: $0) != nil }
    }

    /// `the package index https://… does not have`, as the rest of a sentence about a project.
    func lack(of project: PackageName) -> String {
        guard let index else { return "no package index has" }
        guard let conda, conda.contents.isEmpty == false, !conda.has(project) else { return index.lack }
        return index.indexes.count == 1 && conda.channels.count == 1
            ? "neither the package index \(index.indexes[0]) nor the channel \(conda.channels[0]) has"
            : "no package index and no channel has"
    }

    /// `is not on the package index`, as the rest of a sentence about a project.
    func absence(of project: PackageName) -> String {
        guard let index else { return "is on no package index" }
        guard let conda, !conda.contents.isEmpty, !conda.has(project) else { return index.absence }
        return index.indexes.count > 1 || conda.channels.count > 1
            ? "is on no package index and in no channel"
            : "is neither on the package index nor in the channel \(conda.channels[0])"
    }

    func isMissing(_ project: PackageName?) -> Bool {
        guard let project, let index else { return false }
        return index.book.missing.contains(project) && table(of: project)?.standIns.isEmpty != false
    }

    func table(of project: PackageName) -> CandidateTable? { index?.book.projects[project]?.table }

    /// What the indexes have of a project.
    func listing(of project: PackageName) -> (any VersionListing)? {
        if case .listing(let listing)? = index?.book.projects[project]?.offer { listing } else { nil }
    }

    /// Why a version cannot be used whatever else is chosen, as far as the index alone says it.
    mutating func reason(against candidate: Int, of project: PackageName) -> Unusable? {
        if case .unusable(let reason)? = index?.book.choice(of: candidate, project) { reason } else { nil }
    }

    /// `CPython 3.12 on Linux x86_64`.
    var platform: String {
        guard let facts = index?.target.markerEnvironment else { return conda.map { "\($0.target.subdir)" } ?? "" }
        return "\(facts.platformPythonImplementation) \(facts.pythonVersion) on \(facts.platformSystem)"
            + " \(facts.platformMachine)"
    }

    /// `3.12`, the series of that Python.
    var series: String { index.map { $0.target.markerEnvironment.pythonVersion } ?? "" }

    /// The Python that markers and wheels are read for.
    var python: String { index?.target.pythonVersion.description ?? "" }
}

/// What was known of projects when a resolution failed.
struct IndexScene: Sendable {
    var book: ProjectBook
    let target: PythonTarget
    /// The indexes that were asked, without credentials.
    let indexes: [String]
    /// The names that the person wrote.
    let asked: [PackageName]

    /// `the package index https://… does not have`, as the rest of a sentence about something.
    var lack: String {
        switch indexes.count {
        case 0: "no package index has"
        case 1: "the package index \(indexes[0]) does not have"
        default: "none of the package indexes \(indexes.listed("and")) has"
        }
    }

    /// `is not on the package index`, as the rest of a sentence about something.
    var absence: String {
        indexes.count > 1 ? "is on none of the package indexes" : "is not on the package index"
    }
}
