/// Puts premises into the order in which one leads to the next: what is asked for, what that needs, and so on.
struct ReadingOrder<Package, Constraint, Reason>: Sendable
where Package: Hashable & Sendable, Constraint: Hashable & Sendable, Reason: Sendable {
    typealias Proof = Derivation<Package, Constraint, Reason>
    typealias Premise = Explanation<Package, Constraint, Reason>.Premise

    private let root: Package
    /// Followers and what they follow, in the order in which they are met.
    private let followers: [(package: Package, base: Package)]

    init(_ proof: Proof) {
        root = proof.root
        var followers: [(package: Package, base: Package)] = []
        for case .lockstep(let package, let base) in proof.nodes.map(\.origin)
        where !followers.contains(where: { $0.package == package && $0.base == base }) {
            followers.append((package, base))
        }
        self.followers = followers
    }

    /// The places of the premises that lead to a contradiction, each following from the ones before without a look at
    /// several cases; `nil` if they do not.
    ///
    /// - Parameter given: what is taken for true, besides that the root is chosen.
    func order(of premises: [Premise], given: [Proof.Claim]) -> [Int]? {
        var known = Knowledge(root: root, followers: followers)
        for claim in given { known.learn(claim.package, claim.outcomes) }
        known.learn(root, CandidateSet(allOf: 1))
        var order: [Int] = []
        var open = Array(premises.indices)
        while let next = open.filter({ known.effect(of: premises[$0]) != .none }).max(by: { left, right in
            let ranks = (known.rank(of: premises[left]), known.rank(of: premises[right]))
            return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : left > right
        }) {
            order.append(next)
            open.removeAll { $0 == next }
            guard case .leaves(let package, let outcomes) = known.effect(of: premises[next]) else { return order }
            known.learn(package, outcomes, isNews: known.rank(of: premises[next]).place < Rank.demand)
            if known.isContradictory { return order }
        }
        return nil
    }

    // MARK: - What is known

    private enum Effect: Equatable {
        case none
        /// Only these outcomes of a package are left.
        case leaves(Package, CandidateSet)
        case contradiction
    }

    private struct Knowledge {
        let root: Package
        let followers: [(package: Package, base: Package)]
        private var open: [Package: CandidateSet] = [:]
        /// When something was last learnt about a package.
        private var changes: [Package: Int] = [:]
        private var time = 0

        init(root: Package, followers: [(package: Package, base: Package)]) {
            self.root = root
            self.followers = followers
        }

        var isContradictory: Bool { open.values.contains { $0.isEmpty } }

        /// - Parameter isNews: whether what it leads to is to be said next.
        mutating func learn(_ package: Package, _ outcomes: CandidateSet, isNews: Bool = false) {
            if isNews { time += 1 }
            open[package] = open[package]?.intersection(outcomes) ?? outcomes
            if isNews { changes[package] = time }
            for (follower, base) in followers where package == follower || package == base { synchronize(follower, base) }
        }

        private mutating func synchronize(_ follower: Package, _ base: Package) {
            guard let wanted = open[follower], !wanted.allowsAbsence else { return }
            let both = open[base]?.intersection(wanted) ?? wanted
            guard both != open[base] || both != wanted else { return }
            (open[base], open[follower]) = (both, both)
            let latest = max(changes[base] ?? 0, changes[follower] ?? 0)
            (changes[base], changes[follower]) = (latest, latest)
        }

        func effect(of premise: Premise) -> Effect {
            let claims: [Proof.Claim] =
                switch premise {
                case .fact(let node): node.claims
                case .step(_, let claims): claims
                }
            var forced: Proof.Claim?
            for claim in claims {
                if let outcomes = open[claim.package] {
                    if outcomes.isSubset(of: claim.outcomes) { continue }
                    if outcomes.isDisjoint(with: claim.outcomes) { return .none }
                }
                if forced != nil { return .none }
                forced = claim
            }
            guard let forced else { return .contradiction }
            return .leaves(forced.package, forced.outcomes.complement)
        }

        /// The greater, the earlier a premise is said.
        func rank(of premise: Premise) -> Rank {
            guard case .fact(let node) = premise, let subject = node.subject else { return .init(place: 1, time: 0) }
            if subject.package == root { return .init(place: Rank.demand, time: 0) }
            guard let outcomes = open[subject.package], !outcomes.allowsAbsence else { return .init(place: 0, time: 0) }
            // Why versions cannot be used comes before what the others need.
            return .init(place: subject.dependency == nil ? 3 : 2, time: changes[subject.package] ?? 0)
        }
    }

    private struct Rank: Comparable {
        static var demand: Int { 4 }

        let place: Int
        let time: Int

        static func < (left: Self, right: Self) -> Bool { (left.place, left.time) < (right.place, right.time) }
    }
}
