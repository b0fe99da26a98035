/// What a candidate asks of another package.
public struct Dependency<Package, Constraint>: Sendable
where Package: Hashable & Sendable, Constraint: Hashable & Sendable {
    public var package: Package
    /// Which candidates will do, in the words of whoever wrote it; the caller of the solver knows how to read it.
    public var constraint: Constraint
    /// Whether the package has to be chosen at all. If not, the constraint holds only where something else brings the
    /// package in (conda's `constrains`).
    public var isRequired: Bool
    /// Further candidates of the dependent package that are known to ask for the very same.
    public var candidates: CandidateSet?

    public init(
        _ package: Package, _ constraint: Constraint, isRequired: Bool = true, candidates: CandidateSet? = nil
    ) {
        self.package = package
        self.constraint = constraint
        self.isRequired = isRequired
        self.candidates = candidates
    }
}

/// The work that a solver did.
public struct SolverStatistics: Sendable, Hashable {
    /// Candidates chosen, those taken back included.
    public internal(set) var decisions = 0
    /// Contradictions that something was learnt from.
    public internal(set) var conflicts = 0
    /// Candidates whose dependencies were looked at.
    public internal(set) var expansions = 0
    /// Candidates that were not chosen because of their dependencies alone.
    public internal(set) var rejections = 0

    /// What a stretch of work is measured in.
    public var steps: Int { decisions + conflicts }
}
