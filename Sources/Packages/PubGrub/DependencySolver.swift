/// Finds one candidate for every package that is needed, or proves that there is no such choice.
///
/// Call `advance` until it returns something else than `.needs`; tell what it asks for with `provide`. It may be told
/// things before it asks. The answer depends only on what it is told, not on when.
///
/// A package may *follow* another one: it then has the same candidates and the same one is chosen for both. That is how
/// an extra of a project is a package with dependencies of its own.
public struct DependencySolver<Package, Constraint, Reason>: Sendable
where Package: Hashable & Sendable, Constraint: Hashable & Sendable, Reason: Sendable {
    /// Something the solver has to be told before it can go on.
    public enum Need: Hashable, Sendable {
        /// How many candidates a package has: `provide(candidateCount:of:)`.
        case candidates(of: Package)
        /// What a candidate asks for, or why it cannot be used.
        case dependencies(of: Package, candidate: Int)
    }

    public enum Step: Sendable {
        /// At least these things are missing; all may be fetched at the same time.
        case needs([Need])
        /// The chosen candidates, without the root.
        case solved([Package: Int])
        case failed(Derivation<Package, Constraint, Reason>)
        /// The stretch of work that was allowed is done; call again to go on.
        case unfinished
    }

    /// A package that is needed for sure as things stand, and the candidate that would be tried first.
    public struct Prospect: Hashable, Sendable {
        public let package: Package
        public let candidate: Int
    }

    private enum Answer: Sendable {
        case dependencies([Dependency<Package, Constraint>])
        case unusable(CandidateSet, Reason)
    }

    private struct CandidateList: Sendable {
        var count = 0
        var base: Package?
        /// What the root says about the package wherever it is brought in.
        var limits: [Constraint] = []
        /// Whether it is decided after all others.
        var isLast = false
    }

    private var core: SolverCore
    private let root: Package
    private var packages = NumberedValues<Package>()
    private var constraints = NumberedValues<Constraint>()
    private var reasons: [Reason] = []
    private var lists: [Package: CandidateList] = [:]
    private var answers: [Need: Answer] = [:]
    private var sets: [ConstraintOfPackage: CandidateSet] = [:]

    private struct ConstraintOfPackage: Hashable {
        let package: Int
        let constraint: Int
    }

    /// Starts with what the root asks for.
    ///
    /// - Parameter keepsNamedFirst: whether the packages that the root asks for are decided before all others, also where
    ///   others turn out to be hard: they get the best candidates that there are together.
    public init(root: Package, requirements: [Dependency<Package, Constraint>], keepsNamedFirst: Bool = false) {
        self.root = root
        core = SolverCore(keepsNamedFirst: keepsNamedFirst)
        _ = packages.number(of: root)
        lists[root] = CandidateList(count: 1)
        provide(requirements, of: root, candidate: 0)
    }

    /// What was done so far.
    public var statistics: SolverStatistics { core.statistics }

    // MARK: - Being told things

    /// Tells how many candidates a package has; none if it does not exist.
    ///
    /// - Parameter limits: constraints of the root that hold wherever something brings the package in. That is the same
    ///   as requirements of the root that are not `isRequired`, for packages that need not be known beforehand.
    /// - Parameter isLast: whether the package is decided after all others, since which of its candidates is right follows
    ///   from theirs.
    public mutating func provide(
        candidateCount: Int, of package: Package, within limits: [Constraint] = [], isLast: Bool = false
    ) {
        guard lists[package] == nil else { return }
        lists[package] = CandidateList(count: candidateCount, limits: limits, isLast: isLast)
    }

    /// Tells that a package has the candidates of `base`, and that always the same one is chosen for both.
    public mutating func provide(_ package: Package, following base: Package) {
        guard lists[package] == nil, package != base else { return }
        lists[package] = CandidateList(base: base)
    }

    /// Tells what a candidate asks for.
    public mutating func provide(
        _ dependencies: [Dependency<Package, Constraint>], of package: Package, candidate: Int
    ) {
        answers[.dependencies(of: package, candidate: candidate)] = .dependencies(dependencies)
    }

    /// Tells, asked about `candidate`, that `candidates` (which has it) cannot be used.
    public mutating func provide(
        unusable candidates: CandidateSet, of package: Package, candidate: Int, because reason: Reason
    ) {
        answers[.dependencies(of: package, candidate: candidate)] = .unusable(candidates, reason)
    }

    // MARK: - Running

    /// Goes on until there is an answer or something is missing.
    ///
    /// - Parameter matching: turns a constraint into the candidates that satisfy it, of a package whose candidates were
    ///   provided. It is called once for every pair.
    /// - Parameter stretch: the number of decisions and conflicts after which it stops to let others work.
    public mutating func advance(
        stretch: Int = .max, matching: (Package, Constraint) -> CandidateSet
    ) -> Step {
        core.beginStretch(stretch)
        while true {
            switch core.run() {
            case .solved: return .solved(chosen())
            case .failed(let id): return .failed(derivation(of: id))
            case .paused: return .unfinished
            case .choosing(let package, let candidate):
                let need = Need.dependencies(of: packages[package], candidate: candidate)
                guard let answer = answers[need] else { return .needs([need]) }
                switch answer {
                case .unusable(let candidates, let reason):
                    exclude(candidates, candidate, of: package, reason)
                case .dependencies(let dependencies):
                    let missing = missingLists(for: dependencies)
                    guard missing.isEmpty else { return .needs(missing) }
                    expand(package, candidate, dependencies, matching)
                }
                answers[need] = nil
            }
        }
    }

    private func chosen() -> [Package: Int] {
        var result: [Package: Int] = [:]
        for (number, package) in packages.values.enumerated() where number != 0 {
            if let candidate = core.solution.decisions[number] { result[package] = candidate }
        }
        return result
    }

    private mutating func exclude(
        _ candidates: CandidateSet, _ candidate: Int, of package: Int, _ reason: Reason
    ) {
        var candidates = candidates
        candidates.allowsAbsence = false
        candidates.insert(candidate)
        reasons.append(reason)
        core.exclude(candidates, of: package, reason: reasons.count - 1)
    }

    private func missingLists(for dependencies: [Dependency<Package, Constraint>]) -> [Need] {
        var missing: [Need] = []
        for dependency in dependencies {
            var package: Package? = dependency.package
            while let wanted = package {
                let need = Need.candidates(of: wanted)
                if lists[wanted] == nil, !missing.contains(need) { missing.append(need) }
                package = lists[wanted]?.base
            }
        }
        return missing
    }

    private mutating func expand(
        _ package: Int, _ candidate: Int, _ dependencies: [Dependency<Package, Constraint>],
        _ matching: (Package, Constraint) -> CandidateSet
    ) {
        let count = core.solution.open[package].candidateCount
        let known = dependencies.map { dependency in
            let target = number(of: dependency.package, matching)
            var candidates = dependency.candidates ?? CandidateSet(noneOf: count)
            candidates.allowsAbsence = false
            candidates.insert(candidate)
            let constraint = constraints.number(of: dependency.constraint)
            var allowed = set(of: target, constraint, matching)
            allowed.allowsAbsence = !dependency.isRequired
            return SolverCore.Dependency(
                candidates: candidates, package: target, constraint: constraint, allowed: allowed)
        }
        core.expand(package, candidate: candidate, dependencies: known)
    }

    private mutating func set(
        of package: Int, _ constraint: Int, _ matching: (Package, Constraint) -> CandidateSet
    ) -> CandidateSet {
        let key = ConstraintOfPackage(package: package, constraint: constraint)
        if let known = sets[key] { return known }
        let result = matching(packages[package], constraints[constraint])
        let count = core.solution.open[package].candidateCount
        precondition(result.candidateCount == count, "a set of another package was given")
        sets[key] = result
        return result
    }

    /// The number of a package whose list is known; it gets one when it is first met.
    private mutating func number(of package: Package, _ matching: (Package, Constraint) -> CandidateSet) -> Int {
        if let known = packages.existingNumber(of: package) { return known }
        let list = lists[package] ?? CandidateList()
        // The base first, since it is also to be decided first.
        let base = list.base.map { self.number(of: $0, matching) }
        let number = packages.number(of: package)
        core.reserve(packages.values.count)
        let count = base.map { core.solution.open[$0].candidateCount } ?? list.count
        core.declare(number, candidateCount: count, base: base)
        if list.isLast { core.decideLast(number) }
        for limit in list.limits {
            let constraint = constraints.number(of: limit)
            var allowed = set(of: number, constraint, matching)
            allowed.allowsAbsence = true
            core.limit(number, to: allowed, constraint: constraint)
        }
        return number
    }

    // MARK: - Looking ahead

    /// The packages that must be chosen and are not yet, the next one first: worth fetching while waiting.
    public var prospects: [Prospect] {
        core.order.upcoming(in: core.solution).compactMap { number in
            core.solution.open[number].best.map { Prospect(package: packages[number], candidate: $0) }
        }
    }

    /// The candidates of a package that are still open as things stand; `nil` for one that was not met yet.
    public func openCandidates(of package: Package) -> CandidateSet? {
        packages.existingNumber(of: package).map { core.solution.open[$0] }
    }

    // MARK: - Explaining

    private func derivation(of failure: Int) -> Derivation<Package, Constraint, Reason> {
        Derivation(
            failure: failure, store: core.store, packages: packages.values, constraints: constraints.values,
            reasons: reasons)
    }
}
