internal import CondaChannels
internal import CondaSolving
internal import PubGrub
internal import PythonPackaging

/// A resolution as a value: it is told what was fetched, and says what to fetch next and how it ends.
struct ResolutionRun: Sendable {
    enum Progress {
        case solved([PackageKey: Int])
        case failed(Derivation<PackageKey, PackageConstraint, Unusable>)
        /// A package turned out to come from elsewhere than its index: the search has to begin again, knowing that.
        case discovered(PackageName, DirectReference)
        /// Conda packages turned out to have other projects than was guessed: the search has to begin again, knowing that.
        case corrected
        /// Something that is needed could not be fetched.
        case broken(any Error)
        /// Nothing goes on before one of the fetches comes back.
        case waiting
        /// There is more to compute.
        case unfinished
    }

    enum Delivery: Sendable {
        /// A page; `nil` if no index knows the project.
        case page((any VersionListing)?)
        case metadata(Result<ParsedMetadata, UnusableMetadata>)
        case distribution(DirectDistribution)
        /// The records of a conda package are there.
        case records
        case provided(ProvidedProjects)
        case failure(any Error)
    }

    /// What keeps the solver from an answer.
    enum Obstacle {
        case error(any Error)
        case discovery(PackageName, DirectReference)
        /// A conda package does not have what it was taken to have.
        case correction
    }

    /// The number of solver steps between two chances for others to run.
    private static let stretch = 1000

    private(set) var book: ProjectBook
    /// Conda's side; `nil` where nothing is asked of conda.
    var conda: CondaHalf?
    var solver: ProjectSolver
    private var lookahead = Lookahead()
    var queue = FetchQueue()
    private var failures: [Fetch: any Error] = [:]
    /// Fetches without which the solver cannot go on.
    private(set) var blocking: Set<Fetch> = []
    /// Why there is no solution, as far as the guesses about conda packages are right.
    private var proof: ConflictScene.Proof?
    /// Pages that wait for records of conda packages.
    private var pages: [PackageName: (any VersionListing)?] = [:]

    init(_ stipulations: Stipulations, target: PythonTarget, files: FileChoice, conda: CondaHalf? = nil) {
        book = ProjectBook(stipulations, target: target, files: files)
        self.conda = conda
        solver = ProjectSolver(
            root: .root, requirements: (conda?.demands ?? []) + stipulations.demands.flatMap(\.dependencies),
            keepsNamedFirst: conda != nil)
        lookahead.walk(stipulations.demands.flatMap { Lookahead.wishes(for: $0) }, &book, &queue)
    }

    var statistics: SolverStatistics { solver.statistics }

    // MARK: - Going on

    /// Goes on as far as what is known allows.
    mutating func advance() -> Progress {
        guard blocking.isEmpty else { return .waiting }
        if let proof { return confirmed(proof) }
        while true {
            switch step() {
            case .solved(let chosen): return verified(chosen)
            case .failed(let derivation):
                proof = derivation
                return confirmed(derivation)
            case .unfinished: return .unfinished
            case .needs(let needs):
                for need in needs {
                    switch answer(need) {
                    case .error(let error): return .broken(error)
                    case .discovery(let name, let reference): return .discovered(name, reference)
                    case .correction: return .corrected
                    case nil: break
                    }
                }
                guard blocking.isEmpty else { return .waiting }
            }
        }
    }

    private mutating func step() -> ProjectSolver.Step {
        let (projects, conda) = (book.projects, conda)
        return solver.advance(stretch: Self.stretch) { key, constraint in
            if case .conda(let package) = key {
                return conda?.candidates(matching: constraint, of: package) ?? CandidateSet(noneOf: 0)
            }
            guard case .versions(let versions) = constraint else { return CandidateSet(noneOf: 0) }
            return key.project.flatMap { projects[$0]?.table.candidates(matching: versions) } ?? CandidateSet(noneOf: 0)
        }
    }

    /// The next thing to fetch; call it until it gives nothing.
    mutating func nextFetch() -> Fetch? {
        let fetch = queue.next()
        if conda != nil, case .page(let project)? = fetch { askForRecords(of: project) }
        return fetch
    }

    /// The file whose metadata a fetch is for.
    func file(for fetch: Fetch) -> IndexFile? {
        guard case .metadata(let project, let candidate) = fetch else { return nil }
        return book.projects[project]?.file(of: candidate)?.file
    }

    mutating func receive(_ delivery: Delivery, for fetch: Fetch) {
        blocking.remove(fetch)
        switch (delivery, fetch) {
        case (.failure(let error), _): failures[fetch] = error
        case (.page(let listing), .page(let project)):
            guard conda == nil else {
                pages.updateValue(listing, forKey: project)
                settle(project)
                return
            }
            book.learn(listing, of: project)
            lookahead.walk(after: project, &book, &queue)
        case (.metadata(let metadata), .metadata(let project, let candidate)):
            book.learn(metadata, of: project, candidate)
            lookahead.walk(after: project, candidate: candidate, &book, &queue)
        case (.distribution(let distribution), .reference(let project, let place)):
            if book.learn(distribution, of: project, at: place) { lookahead.walk(after: project, &book, &queue) }
        case (.records, .records(let name)):
            for project in pages.keys.sorted() { settle(project) }
            for missing in conda?.missingRecords(after: [name]) ?? [] { queue.add(.records(missing), isUrgent: false) }
        case (.provided(let projects), .provided(let package, let record)):
            conda?.learn(projects, of: record, in: package)
        case (.metadata(let metadata), .standIn):
            conda?.learn(metadata, for: fetch)
        default: assertionFailure("a delivery for another kind of fetch")
        }
    }

    /// Makes a project known whose page is there, once it is known what conda packages have of it.
    private mutating func settle(_ project: PackageName) {
        guard let listing = pages[project] else { return }
        do throws(CondaBookError) {
            guard let standIns = try conda?.standIns(of: project) else { return }
            pages[project] = nil
            book.learn(listing, of: project, standIns: standIns, standInsFirst: conda?.comesFirst(project) ?? false)
            lookahead.walk(after: project, &book, &queue)
        } catch {
            // Who needs the project asks again, and is told.
        }
    }

    // MARK: - Answering the solver

    /// Tells the solver what it asks for, or arranges for it to be fetched.
    private mutating func answer(_ need: ProjectSolver.Need) -> Obstacle? {
        switch need {
        case .candidates(.root), .dependencies(.root, _): return nil
        case .candidates(of: .conda(let package)): return answer(candidatesOf: package)
        case .dependencies(of: .conda(let package), let candidate): return answer(package, candidate)
        case .candidates(of: let key):
            guard let name = key.project else { return nil }
            guard key.extra == nil else {
                solver.provide(key, following: .project(name))
                return nil
            }
            return answer(candidatesOf: name, key)
        case .dependencies(of: let key, let candidate):
            guard let name = key.project else { return nil }
            return answer(key, of: name, candidate)
        }
    }

    private mutating func answer(candidatesOf name: PackageName, _ key: PackageKey) -> Obstacle? {
        if conda != nil, let obstacle = block(onRecordsOf: name) { return obstacle }
        if let project = book.projects[name] {
            guard conda?.knowsStandIns(of: name) ?? true else { return nil }
            solver.provide(
                candidateCount: project.table.count, of: key, within: book.stipulations.restrictions(on: name).map(PackageConstraint.versions))
            return nil
        }
        if let references = book.stipulations.references[name] {
            for place in references.indices {
                if let obstacle = block(on: .reference(name, place)) { return obstacle }
            }
            return nil
        }
        guard book.missing.contains(name) else { return pages[name] == nil ? block(on: .page(name)) : nil }
        solver.provide(candidateCount: 0, of: key)
        return nil
    }

    private mutating func answer(_ key: PackageKey, of name: PackageName, _ candidate: Int) -> Obstacle? {
        switch book.choice(of: candidate, name) {
        case .unusable(let reason):
            guard let open = solver.openCandidates(of: key),
                let set = book.unusable(like: reason, from: candidate, name, open: open)
            else { return nil }
            solver.provide(unusable: set, of: key, candidate: candidate, because: reason)
            return nil
        case .standIn(let standIn): return answer(key, name, candidate, standIn)
        case .wheel, .sdist, .direct, nil: break
        }
        switch book.projects[name]?.metadata(of: candidate) {
        case nil:
            lookahead.askForNeighbours(
                of: name, candidate, open: solver.openCandidates(of: .project(name)), &book, &queue)
            return block(on: .metadata(name, candidate: candidate))
        case .failure(let problem):
            tell(key, candidate, cannotBeUsed: .badMetadata(problem.reason))
            return nil
        case .success(let requirements): return provide(requirements, of: key, name, candidate)
        }
    }

    private mutating func provide(
        _ requirements: CandidateRequirements, of key: PackageKey, _ name: PackageName, _ candidate: Int
    ) -> Obstacle? {
        if let required = requirements.requiresPython, !book.acceptsPython(required) {
            tell(key, candidate, cannotBeUsed: .python(required: required))
            return nil
        }
        return provide(book.wants(of: candidate, name, extra: key.extra), of: key, name, candidate)
    }

    mutating func provide(_ wants: [Want], of key: PackageKey, _ name: PackageName, _ candidate: Int) -> Obstacle? {
        for want in wants where want.requirement.isURL {
            if let reference = want.reference {
                if book.stipulations.knows(reference, for: want.requirement.name) { continue }
                // Who comes from elsewhere may send elsewhere; a package of an index may not.
                if book.projects[name]?.isDirect == true { return .discovery(want.requirement.name, reference) }
            }
            tell(key, candidate, cannotBeUsed: .urlDependency(want.requirement.spelledName))
            return nil
        }
        solver.provide(wants.flatMap(\.dependencies) + exclusions(of: key), of: key, candidate: candidate)
        return nil
    }

    /// What keeps a project from being there twice.
    private func exclusions(of key: PackageKey) -> [ProjectDependency] {
        guard let conda, case .project(let name) = key, let table = book.projects[name]?.table else { return [] }
        return conda.exclusions(of: name, table.ownCandidates)
    }

    mutating func tell(_ key: PackageKey, _ candidate: Int, cannotBeUsed reason: Unusable) {
        guard let count = key.project.flatMap({ book.projects[$0]?.table.count }) else { return }
        solver.provide(
            unusable: CandidateSet([candidate], of: count), of: key, candidate: candidate, because: reason)
    }

    /// Why a fetch gave nothing; `nil` where it was not tried, or gave something.
    func failure(of fetch: Fetch) -> (any Error)? { failures[fetch] }

    mutating func block(on fetch: Fetch) -> Obstacle? {
        if let error = failures[fetch] { return .error(error) }
        blocking.insert(fetch)
        queue.add(fetch, isUrgent: true)
        return nil
    }
}
