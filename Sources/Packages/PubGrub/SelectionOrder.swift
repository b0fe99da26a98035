/// Which package is decided next.
///
/// Forced packages come first, then packages whose candidates were often thrown out, then those that often threw others
/// out, and the rest in the order of discovery, so that what a person named goes before what it pulls in. The root is
/// discovered first. That trying often-rejected packages early keeps hard cases short is an observation of pubgrub-rs
/// and uv.
struct SelectionOrder: Sendable {
    private enum Urgency: Int, Comparable {
        case last, plain, oftenCulprit, oftenRejected, forced

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// How many conflicts change the place of a package.
    private static let threshold = 5

    /// Whether what the root asks for stays before packages that are often rejected: its candidates are then as good as they
    /// can be together, at the price of longer searches.
    var keepsNamedFirst = false

    private var urgency: [Urgency] = []
    private var rejections: [Int] = []
    private var accusations: [Int] = []
    /// Packages whose place changed since the caller last asked.
    private var moved: [Int] = []
    /// The same, for the queue.
    private var unplaced: [Int] = []
    private var queue = SelectionQueue()
    /// For each package a bit for every urgency with which it is in the queue.
    private var queued: [UInt8] = []

    mutating func reserve(_ count: Int) {
        while urgency.count < count {
            urgency.append(.plain)
            rejections.append(0)
            accusations.append(0)
            queued.append(0)
        }
    }

    /// Puts packages that the root asks for before everything that is not forced.
    mutating func noteNamed(_ packages: some Sequence<Int>) {
        guard keepsNamedFirst else { return }
        for package in packages { move(package, to: .oftenRejected) }
    }

    /// Puts a package behind all others, however many conflicts it has.
    mutating func noteLast(_ package: Int) { urgency[package] = .last }

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
        guard urgency[package] < place, urgency[package] != .last else { return }
        urgency[package] = place
        moved.append(package)
        unplaced.append(package)
    }

    /// The packages that changed places; each is told once.
    mutating func takeMoved() -> [Int] {
        guard !moved.isEmpty else { return [] }
        defer { moved.removeAll(keepingCapacity: true) }
        return moved
    }

    /// The package to decide next among those that must be chosen and are not yet.
    mutating func next(in solution: inout PartialSolution) -> Int? {
        for package in solution.takeTouched() { enqueue(package, in: solution) }
        while let package = unplaced.popLast() { enqueue(package, in: solution) }
        while let entry = queue.first {
            let (package, urgency) = (entry.package, Urgency(rawValue: entry.urgency))
            if let urgency, place(of: package, in: solution) == urgency { return package }
            queue.removeFirst()
            queued[package] &= ~(1 << UInt8(entry.urgency))
        }
        return nil
    }

    /// Puts a package where it belongs as things stand; the entry of a place that it left is found out later.
    private mutating func enqueue(_ package: Int, in solution: PartialSolution) {
        guard let urgency = place(of: package, in: solution) else { return }
        let bit: UInt8 = 1 << UInt8(urgency.rawValue)
        guard queued[package] & bit == 0 else { return }
        queued[package] |= bit
        queue.insert(SelectionQueue.Entry(urgency: urgency.rawValue, package: package))
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
        guard solution.isWaiting(package) else { return nil }
        return solution.isForced(package) ? .forced : urgency[package]
    }
}
