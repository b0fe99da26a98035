internal import PubGrub
internal import PythonPackaging

/// A resolution as a value: it is told what was fetched, and says what to fetch next and how it ends.
struct ResolutionRun: Sendable {
    enum Progress {
        case solved([PackageKey: Int])
        case failed(Derivation<PackageKey, VersionConstraint, Unusable>)
        /// Something that is needed could not be fetched.
        case broken(any Error)
        /// Nothing goes on before one of the fetches comes back.
        case waiting
        /// There is more to compute.
        case unfinished
    }

    enum Delivery: Sendable {
        case page(any VersionListing, CandidateTable)
        /// No index knows the project.
        case noPage
        case metadata(Result<CandidateRequirements, UnusableMetadata>)
        case failure(any Error)
    }

    /// The number of solver steps between two chances for others to run.
    private static let stretch = 1000

    private let requirements: [RootRequirement]
    private let pins: [PackageName: Set<Version>]
    private var wheels: WheelChoice
    private var solver: ProjectSolver
    private var lookahead = Lookahead()
    private var queue = FetchQueue()
    private(set) var projects: [PackageName: KnownProject] = [:]
    private(set) var missing: Set<PackageName> = []
    private(set) var tables: [PackageName: CandidateTable] = [:]
    private var failures: [Fetch: any Error] = [:]
    /// Fetches without which the solver cannot go on.
    private var blocking: Set<Fetch> = []

    /// - Parameter requirements: those that apply to the target.
    init(
        _ requirements: [RootRequirement], preferences: [PackageName: [Version]], target: PythonTarget,
        options: ResolutionOptions
    ) {
        self.requirements = requirements
        pins = Self.pins(in: requirements, preferences)
        wheels = WheelChoice(target: target, prereleases: options.prereleases)
        let demands = requirements.flatMap { $0.dependencies() }
        solver = ProjectSolver(root: .root, requirements: demands)
        walk(requirements.flatMap { Lookahead.wishes(for: $0.requirement) })
    }

    /// The versions that are named so exactly that a yanked one will do.
    private static func pins(
        in requirements: [RootRequirement], _ preferences: [PackageName: [Version]]
    ) -> [PackageName: Set<Version>] {
        var pins = preferences.mapValues { Set($0) }
        for root in requirements {
            for specifier in root.requirement.specifiers.specifiers where !specifier.isPrefix {
                guard specifier.operator == .equal || specifier.operator == .identical,
                    let version = specifier.version
                else { continue }
                pins[root.requirement.name, default: []].insert(version)
            }
        }
        return pins
    }

    var statistics: SolverStatistics { solver.statistics }

    // MARK: - Going on

    /// Goes on as far as what is known allows.
    mutating func advance() -> Progress {
        guard blocking.isEmpty else { return .waiting }
        let tables = tables
        while true {
            let step = solver.advance(stretch: Self.stretch) { key, constraint in
                key.project.flatMap { tables[$0]?.candidates(matching: constraint.specifiers) }
                    ?? CandidateSet(noneOf: 0)
            }
            switch step {
            case .solved(let chosen): return .solved(chosen)
            case .failed(let derivation): return .failed(derivation)
            case .unfinished: return .unfinished
            case .needs(let needs):
                for need in needs {
                    if let error = answer(need) { return .broken(error) }
                }
                guard blocking.isEmpty else { return .waiting }
            }
        }
    }

    /// The next thing to fetch; call it until it gives nothing.
    mutating func nextFetch() -> Fetch? { queue.next() }

    /// The file whose metadata a fetch is for.
    func file(for fetch: Fetch) -> IndexFile? {
        guard case .metadata(let project, let candidate) = fetch else { return nil }
        return projects[project]?.wheel(of: candidate)?.file
    }

    mutating func receive(_ delivery: Delivery, for fetch: Fetch) {
        blocking.remove(fetch)
        switch (delivery, fetch) {
        case (.failure(let error), _): failures[fetch] = error
        case (.page(let listing, let table), .page(let project)): learn(listing, table, of: project)
        case (.noPage, .page(let project)): missing.insert(project)
        case (.metadata(let metadata), .metadata(let project, let candidate)):
            projects[project]?.learn(metadata, of: candidate)
            walk(wishes(of: project, candidate))
        case (.page, .metadata), (.noPage, .metadata), (.metadata, .page): break
        }
    }

    private mutating func learn(_ listing: any VersionListing, _ table: CandidateTable, of project: PackageName) {
        tables[project] = table
        projects[project] = KnownProject(listing, table: table, yankedAllowed: pins[project] ?? [])
        walk(nextWishes(after: project))
    }

    // MARK: - Answering the solver

    /// Tells the solver what it asks for, or arranges for it to be fetched. Returns an error that stands in the way.
    private mutating func answer(_ need: ProjectSolver.Need) -> (any Error)? {
        switch need {
        case .candidates(.root), .dependencies(.root, _): return nil
        case .candidates(of: let key):
            guard let name = key.project else { return nil }
            if key.extra != nil {
                solver.provide(key, following: .project(name))
            } else if let project = projects[name] {
                solver.provide(candidateCount: project.table.count, of: key)
            } else if missing.contains(name) {
                solver.provide(candidateCount: 0, of: key)
            } else {
                return block(on: .page(name))
            }
        case .dependencies(of: let key, let candidate):
            guard let name = key.project else { return nil }
            return answer(key, of: name, candidate)
        }
        return nil
    }

    private mutating func answer(_ key: PackageKey, of name: PackageName, _ candidate: Int) -> (any Error)? {
        if case .unusable(let reason)? = projects[name]?.choice(of: candidate, with: &wheels) {
            exclude(key, of: name, candidate, because: reason)
            return nil
        }
        switch projects[name]?.metadata(of: candidate) {
        case nil:
            prefetchNeighbours(of: name, candidate)
            return block(on: .metadata(name, candidate: candidate))
        case .failure(let problem): exclude(key, of: name, candidate, because: .badMetadata(problem.reason))
        case .success(let requirements):
            provide(requirements, of: key, candidate)
        }
        return nil
    }

    private mutating func provide(_ requirements: CandidateRequirements, of key: PackageKey, _ candidate: Int) {
        if let required = requirements.requiresPython, !wheels.python.accepts(required) {
            return tell(key, candidate, cannotBeUsed: .python(required: required))
        }
        let wanted = requirements.requirements(for: key.extra)
        for requirement in wanted {
            guard case .url = requirement.source else { continue }
            return tell(key, candidate, cannotBeUsed: .urlDependency(requirement.spelledName))
        }
        solver.provide(wanted.flatMap { $0.dependencies() }, of: key, candidate: candidate)
    }

    private mutating func tell(_ key: PackageKey, _ candidate: Int, cannotBeUsed reason: Unusable) {
        guard let count = key.project.flatMap({ projects[$0]?.table.count }) else { return }
        solver.provide(
            unusable: CandidateSet([candidate], of: count), of: key, candidate: candidate, because: reason)
    }

    private mutating func exclude(
        _ key: PackageKey, of name: PackageName, _ candidate: Int, because reason: Unusable
    ) {
        guard let open = solver.openCandidates(of: key),
            let set = projects[name]?.unusable(like: reason, from: candidate, open: open, with: &wheels)
        else { return }
        solver.provide(unusable: set, of: key, candidate: candidate, because: reason)
    }

    private mutating func block(on fetch: Fetch) -> (any Error)? {
        if let error = failures[fetch] { return error }
        blocking.insert(fetch)
        queue.add(fetch, isUrgent: true)
        return nil
    }

    // MARK: - Looking ahead

    /// Follows wishes as far as pages and metadata are known, and asks for those that are not.
    private mutating func walk(_ wishes: [Lookahead.Wish]) {
        var open = wishes
        while let wish = open.popLast() {
            guard lookahead.note(wish) else { continue }
            guard projects[wish.project] != nil else {
                if !missing.contains(wish.project) { queue.add(.page(wish.project), isUrgent: false) }
                continue
            }
            open += nextWishes(after: wish.project)
        }
    }

    /// Asks for the metadata of a project's likely candidate, or gives what that asks for.
    private mutating func nextWishes(after name: PackageName) -> [Lookahead.Wish] {
        guard let table = tables[name], let candidate = likelyCandidate(of: name, in: table) else { return [] }
        guard projects[name]?.metadata(of: candidate) != nil else {
            queue.add(.metadata(name, candidate: candidate), isUrgent: false)
            return []
        }
        return self.wishes(of: name, candidate)
    }

    private mutating func wishes(of name: PackageName, _ candidate: Int) -> [Lookahead.Wish] {
        guard case .success(let requirements)? = projects[name]?.metadata(of: candidate) else { return [] }
        return lookahead.wishes(of: name, candidate: candidate, requirements)
    }

    private mutating func likelyCandidate(of name: PackageName, in table: CandidateTable) -> Int? {
        let likely = lookahead.likelyCandidates(of: name, in: table)
        // A project whose versions are unusable one after the other is left to the solver.
        return likely.candidates.prefix(16).first { candidate in
            if case .wheel? = projects[name]?.choice(of: candidate, with: &wheels) { true } else { false }
        }
    }

    /// When version after version of a project is turned down, fetches the next ones together.
    private mutating func prefetchNeighbours(of name: PackageName, _ candidate: Int) {
        guard var project = projects[name] else { return }
        project.metadataAsked += 1
        defer { projects[name] = project }
        guard project.metadataAsked >= 3, let open = solver.openCandidates(of: .project(name)) else { return }
        var left = min(1 << (project.metadataAsked - 2), 32)
        var position = candidate + 1
        while left > 0, let next = open.candidate(atOrAfter: position) {
            if case .wheel = project.choice(of: next, with: &wheels) {
                queue.add(.metadata(name, candidate: next), isUrgent: false)
            }
            left -= 1
            position = next + 1
        }
    }
}
