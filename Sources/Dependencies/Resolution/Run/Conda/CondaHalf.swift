internal import CondaChannels
internal import CondaPackaging
internal import CondaSolving
internal import PubGrub
internal import PythonPackaging

/// Conda's side of a resolution: the candidates of conda packages, and what they have to do with projects.
struct CondaHalf: Sendable {
    /// What stays the same for all attempts of a target.
    struct Setting: Sendable {
        /// The folders of the channels, in the order of the book's sources.
        let contents: [ChannelContent]
        let target: CondaTarget
        let names: ProjectNameMapping
        let preference: WorldPreference
        /// What has to be installed.
        let requirements: [CondaRequirement]
        /// What limits packages that something else brings in.
        let constraints: [CondaRequirement]

        /// Packages that somebody asked for.
        var asked: Set<CondaName> { Set(requirements.compactMap { $0.spec.name.exactName }) }
    }

    let setting: Setting
    let python: CondaPython
    /// Whether no other version of its series will do.
    let isExact: Bool
    private(set) var book: CondaBook
    /// What the solver's root asks for, the virtual packages first.
    let demands: [ProjectDependency]
    /// What was known of records when the attempt began: only that counts in it, so that its answer does not depend on when
    /// things arrive.
    let provided: ProvidedBook
    /// The same with what was found out meanwhile, for the next attempt.
    private(set) var latest: ProvidedBook
    /// What the metadata of projects in records says, by what it was fetched as.
    private var metadata: [Fetch: Result<ParsedMetadata, UnusableMetadata>] = [:]
    private var standIns: [PackageName: [StandIn]] = [:]
    private let asked: Set<CondaName>
    private var walked: Set<CondaName> = []

    init(
        _ setting: Setting, python: CondaPython, exactly isExact: Bool = false, book: CondaBook, provided: ProvidedBook
    ) throws(CondaRequestError) {
        var book = book
        var demands = book.virtualPackages.map { package in
            Dependency(PackageKey.conda(book.number(of: package.name)), PackageConstraint.spec(.anything, demand: nil))
        }
        for requirement in setting.requirements {
            demands += try book.demands(of: requirement.spec).map { $0.dependency(of: Demand(.requirement, requirement)) }
        }
        demands.append(Dependency(.conda(book.number(of: .python)), .targetPython))
        for constraint in setting.constraints {
            demands += try book.demands(of: constraint.spec, isRequired: false)
                .map { $0.dependency(of: Demand(.constraint, constraint)) }
        }
        self.setting = setting
        self.python = python
        self.isExact = isExact
        self.book = book
        self.demands = demands
        self.provided = provided
        latest = provided
        asked = setting.asked
    }

    /// The same before anything was chosen, with all that is known by now.
    func again() throws(CondaRequestError) -> Self {
        try Self(setting, python: python, exactly: isExact, book: book, provided: latest)
    }

    // MARK: - For the solver

    func candidates(matching constraint: PackageConstraint, of package: CondaPackageID) -> CandidateSet {
        switch constraint {
        case .spec(let spec, _): return book.candidates(matching: spec, of: package)
        case .record(let record): return CandidateSet([record], of: book.candidates(of: package).count)
        case .without(let project):
            let having = (standIns[project] ?? []).lazy.filter { $0.package == package && !$0.isDoubtful }.map(\.record)
            let count = book.candidates(of: package).count
            return CandidateSet(allOf: count).subtracting(CandidateSet(having, of: count))
        case .targetPython:
            let candidates = book.candidates(of: package)
            return CandidateSet(candidates.indices.filter { isTargetPython(candidates[$0]) }, of: candidates.count)
        case .versions: return CandidateSet(noneOf: book.candidates(of: package).count)
        }
    }

    private func isTargetPython(_ candidate: CondaCandidate) -> Bool {
        guard let record = try? book.record(of: candidate), let found = try? CondaPython(record) else { return false }
        return isExact ? python == found : python.accepts(found)
    }

    mutating func candidateCount(of package: CondaPackageID) throws(CondaBookError) -> CondaBook.CandidateAnswer {
        try book.candidateCount(of: package)
    }

    mutating func demands(of package: CondaPackageID, _ candidate: Int) throws(CondaBookError) -> CondaBook.DemandAnswer {
        try book.demands(of: package, candidate: candidate)
    }

    /// What every candidate of a project asks for that does not stand for a record: that the project is in no conda package.
    func exclusions(of project: PackageName, _ candidates: CandidateSet) -> [ProjectDependency] {
        var packages: [CondaPackageID] = []
        for standIn in standIns[project] ?? [] where !standIn.isDoubtful && !packages.contains(standIn.package) {
            packages.append(standIn.package)
        }
        return packages.map {
            Dependency(.conda($0), .without(project), isRequired: false, candidates: candidates)
        }
    }
}

// MARK: - Stand-ins

extension CondaHalf {
    /// Whether what conda has of a project comes before what an index has: where that was said, else where somebody asked for
    /// the conda package.
    func comesFirst(_ project: PackageName) -> Bool {
        if let said = setting.preference.world(of: project) { return said == .conda }
        return standIns[project]?.contains { asked.contains($0.name) && !$0.isDoubtful } ?? false
    }

    /// The conda packages whose records are needed to tell what conda has of a project.
    mutating func missingRecords(of project: PackageName) throws(CondaBookError) -> [CondaName] {
        guard standIns[project] == nil else { return [] }
        var missing: [CondaName] = []
        for name in provided.packages(of: project) {
            if case .unknown(let names) = try book.candidateCount(of: book.number(of: name)) { missing += names }
        }
        return missing
    }

    func knowsStandIns(of project: PackageName) -> Bool { standIns[project] != nil }

    /// What conda has of a project, the dearest first; `nil` while records are missing.
    mutating func standIns(of project: PackageName) throws(CondaBookError) -> [StandIn]? {
        if let known = standIns[project] { return known }
        guard try missingRecords(of: project).isEmpty else { return nil }
        let names = provided.packages(of: project)
        var found: [StandIn] = []
        for name in names.filter(asked.contains) + names.filter({ !asked.contains($0) }) {
            let package = book.number(of: name)
            for (place, candidate) in book.candidates(of: package).enumerated() {
                guard let item = items(of: candidate).first(where: { $0.name == project }) else { continue }
                found.append(
                    StandIn(
                        package: package, name: name, record: place, version: item.version, isDoubtful: item.isDoubtful))
            }
        }
        found = found.filter { !$0.isDoubtful } + found.filter(\.isDoubtful)
        standIns[project] = found
        return found
    }

    private func items(of candidate: CondaCandidate) -> [ProvidedBook.Item] {
        guard let record = RecordIdentity(candidate) else { return [] }
        return provided.projects(of: record, dependsOnPython: dependsOnPython(candidate))
    }

    /// Whether a record may have Python projects at all.
    private func dependsOnPython(_ candidate: CondaCandidate) -> Bool {
        candidate.noarch == .python || (try? book.depends(candidate, on: .python)) == true
    }

    // MARK: - Looking into records

    func archive(of record: Int, in package: CondaPackageID) -> CondaArchiveOrder? {
        guard let candidate = book.candidate(record, of: package), let source = candidate.source,
            let found = try? book.record(of: candidate)
        else { return nil }
        return CondaArchiveOrder(found, url: setting.contents[source].url(of: found.fileName))
    }

    private func identity(of record: Int, in package: CondaPackageID) -> RecordIdentity? {
        book.candidate(record, of: package).flatMap(RecordIdentity.init)
    }

    mutating func learn(_ found: ProvidedProjects, of record: Int, in package: CondaPackageID) {
        guard let identity = identity(of: record, in: package) else { return }
        latest.learn(found.distributions, of: identity)
    }

    mutating func learn(_ found: Result<ParsedMetadata, UnusableMetadata>, for fetch: Fetch) { metadata[fetch] = found }

    func metadata(for fetch: Fetch) -> Result<ParsedMetadata, UnusableMetadata>? { metadata[fetch] }

    /// What a look into a record showed of a project that it stands for.
    enum Look {
        /// Nobody looked yet.
        case unknown
        case found(ProvidedDistribution)
        /// It has no metadata of the project: only the person says that it is there.
        case saidOnly
        /// It does not have the project, or another version of it.
        case wrong
    }

    func look(for project: PackageName, in standIn: StandIn) -> Look {
        guard let identity = identity(of: standIn.record, in: standIn.package),
            let all = latest.distributions(in: identity)
        else { return .unknown }
        if let found = all.first(where: { $0.name == project }) { return found.version == standIn.version ? .found(found) : .wrong }
        return setting.names.projects(of: standIn.name)?.contains(project) == true ? .saidOnly : .wrong
    }

    /// Where the metadata of a project in a record is; `nil` where that is not known.
    func distribution(of project: PackageName, in record: Int, of package: CondaPackageID) -> ProvidedDistribution? {
        identity(of: record, in: package).flatMap { latest.distributions(in: $0)?.first { $0.name == project } }
    }

    /// Whether a chosen record has to be looked into before anybody can rely on what it has.
    func needsLook(_ record: Int, in package: CondaPackageID) -> Bool {
        guard let candidate = book.candidate(record, of: package), let identity = RecordIdentity(candidate) else { return false }
        return latest.distributions(in: identity) == nil && !latest.isEmpty(candidate.name) && dependsOnPython(candidate)
    }

    /// Whether what is known by now of a record is another thing than what the attempt went by.
    func isMistaken(_ record: Int, in package: CondaPackageID) -> Bool {
        guard let candidate = book.candidate(record, of: package) else { return false }
        let believed = items(of: candidate).filter { !$0.isDoubtful }
        return Set(believed) != Set(latestItems(of: record, in: package))
    }

    /// What is known by now of the projects in a record.
    func latestItems(of record: Int, in package: CondaPackageID) -> [ProvidedBook.Item] {
        guard let candidate = book.candidate(record, of: package), let identity = RecordIdentity(candidate) else { return [] }
        return latest.projects(of: identity, dependsOnPython: dependsOnPython(candidate))
    }
}

// MARK: - Looking ahead

extension CondaHalf {
    /// What the likely candidates of packages need of records that are not there yet.
    mutating func missingRecords(after names: [CondaName]) -> [CondaName] {
        guard setting.contents.contains(where: \.isSharded) else { return [] }
        var open = names
        var missing: [CondaName] = []
        while let name = open.popLast() {
            guard isLoaded(name) else {
                missing.append(name)
                continue
            }
            guard walked.insert(name).inserted else { continue }
            let package = book.number(of: name)
            switch try? book.candidateCount(of: package) {
            case .unknown(let names): missing += names
            case .count(let count) where count > 0:
                guard case .demands(let demands)? = try? book.demands(of: package, candidate: 0) else { continue }
                for demand in demands where demand.isRequired {
                    if case .package(let name) = book.kind(of: demand.package) { open.append(name) }
                }
            case .count, .following, nil: continue
            }
        }
        return missing
    }

    func isLoaded(_ name: CondaName) -> Bool { setting.contents.allSatisfy { $0.isLoaded(name) } }
}

extension CondaDemand {
    /// As the solver of a resolution takes it.
    func dependency(of demand: Demand?) -> ProjectDependency {
        Dependency(.conda(package), .spec(spec, demand: demand), isRequired: isRequired)
    }
}
