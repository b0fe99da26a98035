extension Derivation {
    /// A proof of the same from as few facts as can be found: without those that are not needed, and with facts about
    /// the same two packages said as one wherever that is enough.
    ///
    /// - Parameters:
    ///   - maximumSteps: the work that may go into it; where it is not enough, the proof is longer than it has to be.
    ///   - newestFirst: the candidates of a package in an order in which stretches are easily named; what several facts
    ///     ask for is then said as one stretch, wherever that is enough.
    public func shortened(
        maximumSteps: Int = 100_000, newestFirst: (Package) -> [Int]? = { _ in nil }
    ) -> Derivation {
        var shortening = Shortening(self, maximumSteps: maximumSteps)
        return shortening.run(newestFirst) ?? self
    }

    /// Whether nothing in this proof speaks against a candidate that it says cannot be used, but just that.
    ///
    /// What the candidate asks for itself is not known, of course.
    ///
    /// - Parameter evenAgainstDemands: whether what the root asks of the package does not count either.
    public func wouldDo(
        _ candidate: Int, of package: Package, evenAgainstDemands: Bool = false, maximumSteps: Int = 10_000
    ) -> Bool {
        var facts = ConflictFacts(self, maximumSteps: maximumSteps)
        guard let count = facts.counts[package], candidate < count else { return false }
        let wanted = CandidateSet([candidate], of: count)
        var items = ConflictFacts.items(of: self)
        for position in items.indices {
            guard case .exclusion(package, var candidates) = items[position].content else { continue }
            candidates = candidates.subtracting(wanted)
            items[position].content = .exclusion(package, candidates)
        }
        if evenAgainstDemands {
            items.removeAll { item in
                guard case .requirement(of: root, _, on: let on, _) = item.content else { return false }
                return on == package || facts.bases[on] == package
            }
        }
        items.append(
            .init(
                content: .requirement(
                    of: root, candidates: CandidateSet(allOf: 1), on: package, allowed: wanted), facts: []))
        if case .satisfiable = facts.verdict(on: items) { return true }
        return false
    }
}

/// Looks for a short proof: merges facts, then leaves out one after the other.
private struct Shortening<Package, Constraint, Reason>
where Package: Hashable & Sendable, Constraint: Hashable & Sendable, Reason: Sendable {
    typealias Proof = Derivation<Package, Constraint, Reason>
    typealias Facts = ConflictFacts<Package, Constraint, Reason>

    /// What facts that may become one are about.
    private enum Subject: Hashable {
        case requirement(Package, Package, isRequired: Bool)
        case exclusion(Package)
    }

    private let root: Package
    private var facts: Facts
    private var items: [Facts.Item]
    private var refutation: Derivation<Package, Int, Int>?

    init(_ proof: Proof, maximumSteps: Int) {
        root = proof.root
        facts = Facts(proof, maximumSteps: maximumSteps)
        items = Facts.items(of: proof)
    }

    mutating func run(_ newestFirst: (Package) -> [Int]?) -> Proof? {
        guard keeps(items) else { return nil }
        merge()
        leaveOut()
        widen(newestFirst)
        return refutation.map { facts.proof($0, from: items) }
    }

    /// Takes the items over, as far as they are used, if there is no answer with them either.
    private mutating func keeps(_ changed: [Facts.Item]) -> Bool {
        guard case .refuted(let proof) = facts.verdict(on: changed) else { return false }
        (items, refutation) = (changed, proof)
        let used = Facts.used(in: proof)
        guard used.count < changed.count else { return true }
        // Numbers change with the list, so the proof is made once more.
        let rest = used.map { changed[$0] }
        if case .refuted(let shorter) = facts.verdict(on: rest) { (items, refutation) = (rest, shorter) }
        return true
    }

    // MARK: - Merging

    private mutating func merge() {
        if keeps(groups(of: items).flatMap(Self.merged)) { return }
        // Not all at once, so one group after the other, the largest first.
        let sizes = groups(of: items).filter { $0.count > 1 }.sorted { $0.count > $1.count }
        for group in sizes { merge(group) }
    }

    /// Merges a group, or what can be merged of its halves.
    private mutating func merge(_ group: [Facts.Item]) {
        guard group.count > 1, let subject = group.first.flatMap(subject) else { return }
        let sets = group.map { Self.candidates($0.content) }
        let rest = items.filter { item in
            !(self.subject(of: item) == subject && sets.contains(Self.candidates(item.content)))
        }
        if keeps(rest + Self.merged(group)) { return }
        let middle = group.count / 2
        merge(Array(group[..<middle]))
        merge(Array(group[middle...]))
    }

    /// The items by what they are about, in the order in which they came, each group from the best candidates on.
    private func groups(of items: [Facts.Item]) -> [[Facts.Item]] {
        var places: [Subject: Int] = [:]
        var groups: [[Facts.Item]] = []
        for item in items {
            guard let subject = subject(of: item) else {
                groups.append([item])
                continue
            }
            if let place = places[subject] {
                groups[place].append(item)
            } else {
                places[subject] = groups.count
                groups.append([item])
            }
        }
        return groups.map { $0.sorted { Self.best($0) < Self.best($1) } }
    }

    /// Nothing for what the root asks for: that is told as it was said.
    private func subject(of item: Facts.Item) -> Subject? {
        switch item.content {
        case .requirement(let of, _, let on, let allowed):
            of == root || of == on ? nil : .requirement(of, on, isRequired: !allowed.allowsAbsence)
        case .exclusion(let package, _): .exclusion(package)
        }
    }

    private static func merged(_ items: [Facts.Item]) -> [Facts.Item] {
        guard var result = items.first else { return [] }
        for item in items.dropFirst() {
            result.facts += item.facts
            switch (result.content, item.content) {
            case (.requirement(let of, let a, let on, let b), .requirement(_, let c, _, let d)):
                result.content = .requirement(of: of, candidates: a.union(c), on: on, allowed: b.union(d))
            case (.exclusion(let package, let a), .exclusion(_, let b)):
                result.content = .exclusion(package, a.union(b))
            case (.requirement, .exclusion), (.exclusion, .requirement): break
            }
        }
        return [result]
    }

    private static func candidates(_ content: Facts.Content) -> CandidateSet {
        switch content {
        case .requirement(_, let candidates, _, _), .exclusion(_, let candidates): candidates
        }
    }

    private static func best(_ item: Facts.Item) -> Int { candidates(item.content).best ?? 0 }

    // MARK: - Leaving out

    /// Tries without each item, what the root asks for first, so that few demands are blamed, and the last ones before
    /// the first ones.
    private mutating func leaveOut() {
        items = items.filter { !isDemand($0) } + items.filter(isDemand)
        guard keeps(items) else { return }
        // What cannot be left out of a list cannot be left out of a shorter one either.
        var settled = 0
        while settled < items.count {
            var rest = items
            rest.remove(at: items.count - settled - 1)
            if !keeps(rest) { settled += 1 }
        }
    }

    // MARK: - Widening

    /// Lets facts that were merged allow an unbroken stretch of candidates, up to the newest or down to the oldest one
    /// if possible.
    private mutating func widen(_ newestFirst: (Package) -> [Int]?) {
        for position in items.indices where items[position].facts.count > 1 {
            guard position < items.count,
                case .requirement(let of, let candidates, let on, let allowed) = items[position].content,
                let order = newestFirst(facts.bases[on] ?? on), order.count == allowed.candidateCount
            else { continue }
            for stretch in Self.stretches(around: allowed, in: order) where stretch != allowed {
                var wider = items
                wider[position].content = .requirement(of: of, candidates: candidates, on: on, allowed: stretch)
                if keeps(wider) { break }
            }
        }
    }

    private static func stretches(around allowed: CandidateSet, in order: [Int]) -> [CandidateSet] {
        guard let first = order.firstIndex(where: allowed.contains), let last = order.lastIndex(where: allowed.contains)
        else { return [] }
        return [order[...last], order[first...], order[first...last]].map { stretch in
            var set = CandidateSet(stretch, of: allowed.candidateCount)
            set.allowsAbsence = allowed.allowsAbsence
            return set
        }
    }

    private func isDemand(_ item: Facts.Item) -> Bool {
        if case .requirement(of: root, _, _, _) = item.content { true } else { false }
    }
}
