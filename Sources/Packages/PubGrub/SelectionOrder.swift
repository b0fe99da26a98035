/// Which package is decided next.
///
/// Forced packages come first, then packages whose candidates were often thrown out, then those that often threw others
/// out, and the rest in the order of discovery, so that what a person named goes before what it pulls in. The root is
/// discovered first. That trying often-rejected packages early keeps hard cases short is an observation of pubgrub-rs
/// and uv.
struct SelectionOrder: Sendable {
    private enum Urgency: Int, Comparable {
        case plain, oftenCulprit, oftenRejected, forced

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// How many conflicts change the place of a package.
    private static let threshold = 5

    private var urgency: [Urgency] = []
    private var rejections: [Int] = []
    private var accusations: [Int] = []
    /// Packages whose place changed since the caller last asked.
    private var moved: [Int] = []

    mutating func reserve(_ count: Int) {
        while urgency.count < count {
            urgency.append(.plain)
            rejections.append(0)
            accusations.append(0)
        }
    }

    /// A candidate of `rejected` could not stay because of what is known of `culprits`.
    mutating func noteConflict(rejected: Int, culprits: some Sequence<Int>) {
        var hasCulprit = false
        for culprit in culprits where culprit != rejected {
            hasCulprit = true
            accusations[culprit] += 1
            if accusations[culprit] == Self.threshold { move(culprit, to: .oftenCulprit) }
        }
        guard hasCulprit else { return }
        rejections[rejected] += 1
        if rejections[rejected] == Self.threshold { move(rejected, to: .oftenRejected) }
    }

    private mutating func move(_ package: Int, to place: Urgency) {
        guard urgency[package] < place else { return }
        urgency[package] = place
        moved.append(package)
    }

    /// The packages that changed places; each is told once.
    mutating func takeMoved() -> [Int] {
        guard !moved.isEmpty else { return [] }
        defer { moved.removeAll(keepingCapacity: true) }
        return moved
    }

    /// The package to decide next among those that must be chosen and are not yet.
    func next(in solution: PartialSolution) -> Int? {
        var best: (package: Int, urgency: Urgency)?
        for package in solution.open.indices {
            guard let urgency = place(of: package, in: solution) else { continue }
            if let found = best, found.urgency >= urgency { continue }
            best = (package, urgency)
            if urgency == .forced { break }
        }
        return best?.package
    }

    /// All packages that must be chosen and are not yet, the next one first.
    func upcoming(in solution: PartialSolution) -> [Int] {
        let waiting = solution.open.indices.compactMap { package in
            place(of: package, in: solution).map { (package: package, urgency: $0) }
        }
        return waiting.sorted { $0.urgency != $1.urgency ? $0.urgency > $1.urgency : $0.package < $1.package }
            .map(\.package)
    }

    private func place(of package: Int, in solution: PartialSolution) -> Urgency? {
        let open = solution.open[package]
        guard !open.allowsAbsence, solution.decisions[package] == nil else { return nil }
        return open.count == 1 ? .forced : urgency[package]
    }
}
