/// The algorithm on numbers: packages, constraints and reasons are indices that `DependencySolver` gives meaning to.
///
/// Package 0 is the root and has one candidate.
struct SolverCore: Sendable {
    enum Outcome {
        case solved
        case failed(incompatibility: Int)
        /// This candidate should be chosen, but its dependencies are not known yet.
        case choosing(package: Int, candidate: Int)
        case paused
    }

    /// What a candidate asks for, with its constraint already turned into a set.
    struct Dependency {
        var candidates: CandidateSet
        var package: Int
        var constraint: Int
        /// Outcomes that satisfy it; with absence where it only restricts a package that others bring in.
        var allowed: CandidateSet
    }

    private struct DependencyKey: Hashable {
        let dependent: Int
        let dependency: Int
        let allowed: CandidateSet
    }

    private struct Package {
        var incompatibilities: [Int] = []
        /// Candidates whose dependencies are incompatibilities already.
        var expanded: CandidateSet?
        var base: Int?
        var followers: [Int] = []
    }

    private(set) var store = IncompatibilityStore()
    private(set) var solution = PartialSolution()
    private(set) var order = SelectionOrder()
    private(set) var statistics = SolverStatistics()
    private var packages: [Package] = []
    private var dependencies: [DependencyKey: Int] = [:]
    private var changed: [Int] = []
    private var pause = Int.max

    /// - Parameter keepsNamedFirst: whether what the root asks for is always decided before the rest.
    init(keepsNamedFirst: Bool = false) {
        order.keepsNamedFirst = keepsNamedFirst
        reserve(1)
        declare(0, candidateCount: 1, base: nil)
        add([Term(package: 0, set: CandidateSet(absenceOf: 1))], .root)
        changed.append(0)
    }

    /// Has a package decided after all others.
    mutating func decideLast(_ package: Int) { order.noteLast(package) }

    /// Makes room for packages below `count`. The order of discovery is the order of the numbers.
    mutating func reserve(_ count: Int) {
        while packages.count < count { packages.append(Package()) }
        solution.reserve(count)
        order.reserve(count)
    }

    mutating func declare(_ package: Int, candidateCount: Int, base: Int?) {
        packages[package].expanded = CandidateSet(noneOf: candidateCount)
        solution.declare(package, candidateCount: candidateCount)
        guard let base else { return }
        packages[package].base = base
        packages[base].followers.append(package)
    }

    // MARK: - Running

    /// Lets `run` stop after that many more steps.
    mutating func beginStretch(_ steps: Int) {
        pause = statistics.steps.addingReportingOverflow(steps).overflow ? .max : statistics.steps + steps
    }

    mutating func run() -> Outcome {
        while true {
            if let failure = propagate() { return .failed(incompatibility: failure) }
            guard let package = order.next(in: &solution) else { return .solved }
            // Facts learnt above a level that was left since may still be unheard of by this package.
            let revision = solution.revision
            changed.append(package)
            if let failure = propagate() { return .failed(incompatibility: failure) }
            guard solution.revision == revision, let candidate = solution.open[package].best else { continue }
            guard packages[package].expanded?.contains(candidate) == true else {
                return .choosing(package: package, candidate: candidate)
            }
            guard statistics.steps < pause else { return .paused }
            decide(package, candidate)
        }
    }

    private mutating func decide(_ package: Int, _ candidate: Int) {
        statistics.decisions += 1
        solution.decide(package, candidate: candidate)
        changed.append(package)
    }

    // MARK: - Learning facts

    /// These candidates cannot be used.
    mutating func exclude(_ candidates: CandidateSet, of package: Int, reason: Int) {
        add([Term(package: package, set: candidates)], .unusable(package: package, reason: reason))
        changed.append(package)
    }

    /// The root says which outcomes of a package it allows.
    mutating func limit(_ package: Int, to allowed: CandidateSet, constraint: Int) {
        let demand = Dependency(
            candidates: CandidateSet(allOf: 1), package: package, constraint: constraint, allowed: allowed)
        // The root is chosen for sure, so this holds from now on; going back may undo it, and deciding looks again.
        if let id = add(demand, of: 0) { _ = apply(id) }
    }

    /// Adds what a candidate asks for, and chooses it unless that contradicts what is known already.
    mutating func expand(_ package: Int, candidate: Int, dependencies list: [Dependency]) {
        packages[package].expanded?.insert(candidate)
        statistics.expansions += 1
        if package == 0 { order.noteNamed(list.lazy.filter { !$0.allowed.allowsAbsence }.map(\.package)) }
        var conflict: Int?
        for dependency in list {
            guard let id = add(dependency, of: package), conflict == nil else { continue }
            let blocks = store[id].terms.allSatisfy {
                $0.package == package
                    ? $0.set.contains(candidate) : solution.open[$0.package].isSubset(of: $0.set)
            }
            if blocks { conflict = id }
        }
        if let conflict {
            order.noteConflict(rejected: package, culprits: culprits(of: conflict, rejecting: package))
            statistics.rejections += 1
        }
        changed.append(package)
        reorder()
    }

    /// Who made a dependency impossible: the package that it is on, and whoever narrowed that one.
    private func culprits(of conflict: Int, rejecting package: Int) -> [Int] {
        var result: [Int] = []
        for term in store[conflict].terms where term.package != package {
            result.append(term.package)
            guard let cause = solution.satisfier(term.package, in: term.set)?.cause else { continue }
            for other in store[cause].terms where !result.contains(other.package) { result.append(other.package) }
        }
        return result
    }

    private mutating func add(_ dependency: Dependency, of package: Int) -> Int? {
        let key = DependencyKey(dependent: package, dependency: dependency.package, allowed: dependency.allowed)
        if let known = dependencies[key] {
            store.extend(known, package: package, by: dependency.candidates, constraint: dependency.constraint)
            return known
        }
        guard let terms = Self.terms(of: dependency, dependent: package) else { return nil }
        let id = add(
            terms,
            .dependency(
                .init(
                    dependent: package, dependency: dependency.package, allowed: dependency.allowed,
                    constraints: [dependency.constraint])))
        if package != dependency.package { dependencies[key] = id }
        return id
    }

    /// `nil` if the dependency demands nothing.
    private static func terms(of dependency: Dependency, dependent: Int) -> [Term]? {
        let unwanted = dependency.allowed.complement
        if unwanted.isEmpty { return nil }
        if dependency.package == dependent {
            let own = dependency.candidates.intersection(unwanted)
            return own.isEmpty ? nil : [Term(package: dependent, set: own)]
        }
        let own = Term(package: dependent, set: dependency.candidates)
        if unwanted.isEverything { return [own] }
        let other = Term(package: dependency.package, set: unwanted)
        return dependent < dependency.package ? [own, other] : [other, own]
    }

    @discardableResult
    private mutating func add(_ terms: [Term], _ origin: Incompatibility.Origin) -> Int {
        let id = store.append(Incompatibility(terms: terms, origin: origin))
        for term in terms { packages[term.package].incompatibilities.append(id) }
        return id
    }

    // MARK: - Unit propagation

    /// Draws every conclusion; an incompatibility that rules out the root is returned.
    private mutating func propagate() -> Int? {
        while let package = changed.popLast() {
            // Newest first: what was learnt last is most likely to matter.
            var position = packages[package].incompatibilities.count
            while position > 0 {
                position -= 1
                let id = packages[package].incompatibilities[position]
                if store.isFalse(id) { continue }
                guard apply(id) else { continue }
                if let failure = recover(from: id) { return failure }
                position = 0
            }
            if let conflict = synchronize(package), let failure = recover(from: conflict) { return failure }
        }
        return nil
    }

    /// Concludes what an incompatibility forces; true if it is violated.
    private mutating func apply(_ id: Int) -> Bool {
        switch store.relation(of: id, to: solution) {
        case .undecided: return false
        case .violated: return true
        case .forces(let term):
            solution.derive(term.package, within: term.set.complement, cause: id)
            changed.append(term.package)
            return false
        }
    }

    /// Keeps a package and its followers on the same candidates; returns a violated incompatibility.
    private mutating func synchronize(_ package: Int) -> Int? {
        if let base = packages[package].base, let conflict = synchronize(base, package) { return conflict }
        for follower in packages[package].followers {
            if let conflict = synchronize(package, follower) { return conflict }
        }
        return nil
    }

    private mutating func synchronize(_ base: Int, _ follower: Int) -> Int? {
        let wanted = solution.open[follower]
        guard !wanted.allowsAbsence else { return nil }
        if !solution.open[base].isSubset(of: wanted) {
            let id = lockstep(base, wanted.complement, follower, wanted)
            if apply(id) { return id }
        }
        let available = solution.open[base]
        if !wanted.isSubset(of: available) {
            var others = available.complement
            others.allowsAbsence = false
            let id = lockstep(base, available, follower, others)
            if apply(id) { return id }
        }
        return nil
    }

    // Such incompatibilities are made when they force something and are kept only for explanations.
    private mutating func lockstep(
        _ base: Int, _ baseSet: CandidateSet, _ follower: Int, _ followerSet: CandidateSet
    ) -> Int {
        let terms = [Term(package: base, set: baseSet), Term(package: follower, set: followerSet)]
        return store.append(
            Incompatibility(
                terms: base < follower ? terms : terms.reversed(),
                origin: .lockstep(package: follower, base: base)))
    }

    // MARK: - Conflicts

    /// Learns from a violated incompatibility and goes back to where it would have helped.
    ///
    /// Returns an incompatibility that rules out the root if there is nowhere to go.
    private mutating func recover(from violated: Int) -> Int? {
        statistics.conflicts += 1
        let analysis = store.analyse(violated, in: solution)
        guard case .learnt(let id, let package, let level) = analysis else {
            guard case .impossible(let id) = analysis else { return nil }
            return id
        }
        if id != violated {
            for term in store[id].terms { packages[term.package].incompatibilities.append(id) }
        }
        backtrack(to: level)
        order.noteConflict(rejected: package, culprits: store[id].terms.lazy.map(\.package))
        changed.removeAll(keepingCapacity: true)
        _ = apply(id)
        reorder()
        return nil
    }

    private mutating func backtrack(to level: Int) {
        solution.backtrack(to: level)
        store.forgetRelations(above: level)
    }

    /// Packages that changed places get the chance to be decided earlier.
    private mutating func reorder() {
        for package in order.takeMoved() {
            guard let level = solution.decisionLevel(of: package), level > 1 else { continue }
            backtrack(to: level - 1)
            changed.append(contentsOf: solution.open.indices.filter { !solution.open[$0].isEverything })
        }
    }
}
