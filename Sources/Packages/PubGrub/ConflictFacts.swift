/// The facts that a proof rests on, apart from its steps: to prove the same with fewer of them, and to try what would help.
struct ConflictFacts<Package, Constraint, Reason>: Sendable
where Package: Hashable & Sendable, Constraint: Hashable & Sendable, Reason: Sendable {
    typealias Proof = Derivation<Package, Constraint, Reason>
    typealias Prover = DependencySolver<Package, Int, Int>

    /// One fact, or several about the same packages that count as one weaker fact.
    struct Item: Sendable {
        var content: Content
        var facts: [Proof.Node]
    }

    enum Content: Sendable {
        /// `allowed` has absence where the package is only limited.
        case requirement(of: Package, candidates: CandidateSet, on: Package, allowed: CandidateSet)
        case exclusion(Package, CandidateSet)
    }

    enum Verdict {
        case refuted(Derivation<Package, Int, Int>)
        case satisfiable
        /// The steps that were left were not enough.
        case unknown
    }

    let root: Package
    let bases: [Package: Package]
    let counts: [Package: Int]
    /// The steps of the solver that may still be made.
    private var stepsLeft: Int

    /// - Parameter maximumSteps: the steps of the solver for everything that is tried.
    init(_ proof: Proof, maximumSteps: Int) {
        var bases: [Package: Package] = [:]
        var counts: [Package: Int] = [:]
        for node in proof.nodes {
            for claim in node.claims { counts[claim.package] = claim.outcomes.candidateCount }
            switch node.origin {
            case .lockstep(let package, let base): bases[package] = base
            case .dependency(_, _, let on, _, let allowed): counts[on] = allowed.candidateCount
            case .root, .unusable, .together, .derived: break
            }
        }
        root = proof.root
        self.bases = bases
        self.counts = counts
        stepsLeft = maximumSteps
    }

    /// Every fact of the proof by itself.
    static func items(of proof: Proof) -> [Item] {
        proof.nodes.flatMap { node in
            if case .together(let facts) = node.origin { facts.compactMap(item) } else { [item(node)].compactMap(\.self) }
        }
    }

    private static func item(_ fact: Proof.Node) -> Item? {
        switch fact.origin {
        case .dependency(let of, let candidates, let on, _, let allowed):
            Item(content: .requirement(of: of, candidates: candidates, on: on, allowed: allowed), facts: [fact])
        case .unusable(let package, let candidates, _): Item(content: .exclusion(package, candidates), facts: [fact])
        case .root, .lockstep, .together, .derived: nil
        }
    }

    // MARK: - Trying

    /// Whether there is an answer where nothing but these items is so.
    mutating func verdict(on items: [Item]) -> Verdict {
        guard stepsLeft > 0 else { return .unknown }
        var prover = Prover(root: root, requirements: dependencies(of: root, candidate: 0, items))
        defer { stepsLeft -= prover.statistics.steps + 1 }
        while true {
            let step = prover.advance(stretch: stepsLeft) { package, item in allowed(by: items[item], of: package) }
            switch step {
            case .needs(let needs):
                for need in needs { answer(need, from: items, to: &prover) }
            case .failed(let proof): return .refuted(proof)
            case .solved: return .satisfiable
            case .unfinished: return .unknown
            }
        }
    }

    private func allowed(by item: Item, of package: Package) -> CandidateSet {
        guard case .requirement(_, _, _, let allowed) = item.content else {
            return CandidateSet(noneOf: counts[package] ?? 0)
        }
        return allowed
    }

    private func dependencies(of package: Package, candidate: Int, _ items: [Item]) -> [Dependency<Package, Int>] {
        var result: [Dependency<Package, Int>] = []
        for (number, item) in items.enumerated() {
            guard case .requirement(package, let candidates, let on, let allowed) = item.content,
                candidates.contains(candidate)
            else { continue }
            result.append(Dependency(on, number, isRequired: !allowed.allowsAbsence, candidates: candidates))
        }
        return result
    }

    private func answer(_ need: Prover.Need, from items: [Item], to prover: inout Prover) {
        switch need {
        case .candidates(of: let package):
            if let base = bases[package] {
                prover.provide(package, following: base)
            } else {
                prover.provide(candidateCount: counts[package] ?? 0, of: package)
            }
        case .dependencies(of: let package, let candidate):
            for (number, item) in items.enumerated() {
                guard case .exclusion(package, let candidates) = item.content, candidates.contains(candidate) else {
                    continue
                }
                return prover.provide(unusable: candidates, of: package, candidate: candidate, because: number)
            }
            prover.provide(
                dependencies(of: package, candidate: candidate, items), of: package, candidate: candidate)
        }
    }

    // MARK: - Results

    /// The numbers of the items that a refutation rests on.
    static func used(in proof: Derivation<Package, Int, Int>) -> [Int] {
        var used: Set<Int> = []
        for node in proof.nodes {
            switch node.origin {
            case .dependency(_, _, _, let numbers, _): used.formUnion(numbers)
            case .unusable(_, _, let number): used.insert(number)
            case .root, .lockstep, .together, .derived: break
            }
        }
        return used.sorted()
    }

    /// A refutation of items as a proof from the facts.
    func proof(_ refutation: Derivation<Package, Int, Int>, from items: [Item]) -> Proof {
        let nodes = refutation.nodes.map { node in
            let origin: Proof.Origin =
                switch node.origin {
                case .root: .root
                case .lockstep(let package, let base): .lockstep(package, base: base)
                case .derived(let left, let right): .derived(left, right)
                case .dependency(_, _, _, let numbers, _): Self.origin(numbers.flatMap { items[$0].facts })
                case .unusable(_, _, let number): Self.origin(items[number].facts)
                case .together: .together([])  // a solver never says so
                }
            return Proof.Node(
                claims: node.claims.map { .init(package: $0.package, outcomes: $0.outcomes) }, origin: origin)
        }
        return Proof(root: root, nodes: nodes)
    }

    private static func origin(_ facts: [Proof.Node]) -> Proof.Origin {
        facts.count == 1 ? facts[0].origin : .together(facts)
    }
}
