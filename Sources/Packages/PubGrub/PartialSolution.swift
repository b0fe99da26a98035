/// What is known so far: for every package the outcomes that are still open, and how they came to be so.
///
/// Assignments form one trail; a decision opens a level, and going back to a level takes later assignments off again.
struct PartialSolution: Sendable {
    struct Assignment: Sendable {
        /// Position in the trail.
        let order: Int
        let level: Int
        /// What is open after this assignment and all earlier ones of the package.
        let open: CandidateSet
        /// The incompatibility that forced it; `nil` for a decision.
        let cause: Int?
    }

    private(set) var open: [CandidateSet] = []
    private(set) var decisions: [Int?] = []
    private var assignments: [[Assignment]] = []
    private var trail: [Int] = []
    private(set) var level = 0
    /// Changes whenever anything else here does.
    private(set) var revision = 0
    /// Packages that changed since the caller last asked, some several times.
    private var touched: [Int] = []

    /// Makes room for packages below `count`; a package means nothing before `declare`.
    mutating func reserve(_ count: Int) {
        while open.count < count {
            open.append(CandidateSet(everythingOf: 0))
            decisions.append(nil)
            assignments.append([])
        }
    }

    mutating func declare(_ package: Int, candidateCount: Int) {
        open[package] = CandidateSet(everythingOf: candidateCount)
    }

    /// Narrows a package to `set` because of an incompatibility.
    mutating func derive(_ package: Int, within set: CandidateSet, cause: Int) {
        push(package, open[package].intersection(set), cause: cause)
    }

    /// Chooses a candidate, in a new level.
    mutating func decide(_ package: Int, candidate: Int) {
        level += 1
        push(package, CandidateSet(CollectionOfOne(candidate), of: open[package].candidateCount), cause: nil)
        decisions[package] = candidate
    }

    private mutating func push(_ package: Int, _ set: CandidateSet, cause: Int?) {
        revision += 1
        open[package] = set
        assignments[package].append(Assignment(order: trail.count, level: level, open: set, cause: cause))
        trail.append(package)
        touched.append(package)
    }

    /// The packages that changed since this was last called.
    mutating func takeTouched() -> [Int] {
        defer { touched.removeAll(keepingCapacity: true) }
        return touched
    }

    /// Whether a package must be chosen and is not yet.
    func isWaiting(_ package: Int) -> Bool { !open[package].allowsAbsence && decisions[package] == nil }

    /// Whether a single candidate is left.
    func isForced(_ package: Int) -> Bool { open[package].count == 1 }

    /// Forgets every assignment of a level above `target`.
    mutating func backtrack(to target: Int) {
        revision += 1
        while let package = trail.last, let last = assignments[package].last, last.level > target {
            trail.removeLast()
            touched.append(package)
            assignments[package].removeLast()
            if last.cause == nil { decisions[package] = nil }
            open[package] = assignments[package].last?.open
                ?? CandidateSet(everythingOf: open[package].candidateCount)
        }
        level = target
    }

    /// The level at which a package was decided.
    func decisionLevel(of package: Int) -> Int? {
        decisions[package] == nil ? nil : assignments[package].last?.level
    }

    /// The first assignment after which the package's outcome was certain to be in `set`.
    ///
    /// `nil` if it always was, or still is not.
    func satisfier(_ package: Int, in set: CandidateSet) -> Assignment? {
        let list = assignments[package]
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].open.isSubset(of: set) { high = middle } else { low = middle + 1 }
        }
        return low < list.count ? list[low] : nil
    }
}
