/// All incompatibilities by number, those that are only steps of a derivation included.
struct IncompatibilityStore: Sendable {
    /// How an incompatibility stands towards what is known.
    enum Relation {
        /// All its terms are true.
        case violated
        /// All its terms but this one are true, so this one has to be false.
        case forces(Term)
        /// A term is false already, or several are open.
        case undecided
    }

    private var items: [Incompatibility] = []
    /// The level at which a term became false, so that most incompatibilities need no look at their sets.
    private var falseSince: [Int32] = []
    private var falseTrail: [Int] = []

    subscript(id: Int) -> Incompatibility { items[id] }

    mutating func append(_ incompatibility: Incompatibility) -> Int {
        items.append(incompatibility)
        falseSince.append(.max)
        return items.count - 1
    }

    /// More candidates of the same package ask for the same.
    ///
    /// What was resolved out of the incompatibility stays true: its claim only grows.
    mutating func extend(_ id: Int, package: Int, by candidates: CandidateSet, constraint: Int) {
        guard case .dependency(var stored) = items[id].origin,
            let position = items[id].terms.firstIndex(where: { $0.package == package })
        else { return }
        items[id].terms[position].set.formUnion(candidates)
        falseSince[id] = .max
        guard !stored.constraints.contains(constraint) else { return }
        stored.constraints.append(constraint)
        items[id].origin = .dependency(stored)
    }

    mutating func relation(of id: Int, to solution: PartialSolution) -> Relation {
        guard !isFalse(id) else { return .undecided }
        var forced: Int?
        // In place: iterating would keep a copy of every set for a moment.
        for position in items[id].terms.indices {
            let package = items[id].terms[position].package
            if solution.open[package].isSubset(of: items[id].terms[position].set) { continue }
            if solution.open[package].isDisjoint(with: items[id].terms[position].set) {
                falseSince[id] = Int32(truncatingIfNeeded: solution.level)
                falseTrail.append(id)
                return .undecided
            }
            if forced != nil { return .undecided }
            forced = position
        }
        guard let forced else { return .violated }
        return .forces(items[id].terms[forced])
    }

    /// Whether a term is known to be false, so that the incompatibility can be passed over.
    @inline(__always)
    func isFalse(_ id: Int) -> Bool { falseSince[id] != .max }

    /// Forgets which terms became false at a level above `level`.
    mutating func forgetRelations(above level: Int) {
        while let id = falseTrail.last, falseSince[id] == .max || falseSince[id] > level {
            falseSince[id] = .max
            falseTrail.removeLast()
        }
    }

    // MARK: - Conflict analysis

    enum Analysis {
        /// No choice is left that could have been made differently.
        case impossible(Int)
        /// After going back to `level`, this incompatibility forces `package`.
        case learnt(Int, package: Int, level: Int)
    }

    /// Resolves a violated incompatibility with the causes of its terms until one decision alone violates it.
    mutating func analyse(_ violated: Int, in solution: PartialSolution) -> Analysis {
        var id = violated
        while true {
            let terms = items[id].terms
            guard let latest = Self.latestSatisfier(of: terms, in: solution), !isRootOnly(terms) else {
                return .impossible(id)
            }
            let others = otherLevel(terms, latest, in: solution)
            guard let cause = latest.assignment.cause, others >= latest.assignment.level else {
                return .learnt(id, package: latest.package, level: others)
            }
            let resolved = Incompatibility.resolvedTerms(terms, items[cause].terms, pivot: latest.package)
            id = append(Incompatibility(terms: resolved, origin: .derived(id, cause)))
        }
    }

    private func isRootOnly(_ terms: [Term]) -> Bool {
        terms.count == 1 && terms[0].package == 0 && terms[0].set.contains(0)
    }

    private typealias Satisfier = (package: Int, assignment: PartialSolution.Assignment)

    private static func latestSatisfier(of terms: [Term], in solution: PartialSolution) -> Satisfier? {
        var latest: Satisfier?
        for term in terms {
            guard let found = solution.satisfier(term.package, in: term.set) else { continue }
            if let known = latest, known.assignment.order > found.order { continue }
            latest = (term.package, found)
        }
        return latest
    }

    /// The level at which everything but the latest satisfier was in place.
    private func otherLevel(_ terms: [Term], _ latest: Satisfier, in solution: PartialSolution) -> Int {
        var level = 1  // where the root is chosen: there is nothing to take back below
        for term in terms {
            var wanted = term.set
            if term.package == latest.package {
                // What the satisfier alone does not say about its package must have been known before.
                guard let cause = latest.assignment.cause, let said = items[cause].term(of: term.package) else {
                    continue
                }
                wanted.formUnion(said)
            }
            if let found = solution.satisfier(term.package, in: wanted) { level = max(level, found.level) }
        }
        return level
    }
}
