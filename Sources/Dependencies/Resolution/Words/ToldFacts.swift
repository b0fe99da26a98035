internal import PubGrub
internal import PythonPackaging

/// The facts of a proof by what they are about.
struct ToldFacts: Sendable {
    typealias Node = ConflictScene.Proof.Node

    let demands: [DemandWords.Item]
    /// Everything else, `together` taken apart.
    let others: [Node]
    /// What is asked for by whom, and can be fulfilled by nothing.
    let impossible: [(by: PackageKey, what: PackageKey, constraints: [PackageConstraint])]
    /// Why versions cannot be used.
    let exclusions: [(key: PackageKey, set: CandidateSet, reason: Unusable)]

    init(_ proof: ConflictScene.Proof, _ words: FactWords) {
        var demands: [DemandWords.Item] = []
        var others: [Node] = []
        for node in proof.nodes {
            if let demand = words.demand(node) {
                demands.append(demand)
            } else if case .together(let facts) = node.origin {
                others += facts
            } else if node.isFact {
                others.append(node)
            }
        }
        self.demands = demands
        self.others = others
        var impossible: [(by: PackageKey, what: PackageKey, constraints: [PackageConstraint])] = []
        var exclusions: [(key: PackageKey, set: CandidateSet, reason: Unusable)] = []
        for node in others + proof.nodes {
            switch node.origin {
            case .dependency(let who, _, let what, let constraints, let allowed):
                guard allowed.candidates.isEmpty, !allowed.allowsAbsence,
                    !impossible.contains(where: { $0.by == who && $0.what == what })
                else { continue }
                impossible.append((who, what, constraints))
            case .unusable(let key, let set, let reason):
                guard !exclusions.contains(where: { $0.key == key && $0.set == set && $0.reason == reason })
                else { continue }
                exclusions.append((key, set, reason))
            case .root, .lockstep, .together, .derived: continue
            }
        }
        self.impossible = impossible
        self.exclusions = exclusions
    }
}

extension FactWords {
    /// What somebody asks for, if the fact is that.
    func demand(_ node: Node) -> DemandWords.Item? {
        guard case .dependency(.root, _, let what, let constraints, let allowed) = node.origin else { return nil }
        if case .conda = what { return condaDemand(what, constraints, allowed) }
        let versions = constraints.first?.versions
        let name = sets.name(what)
        let specifiers = versions?.specifiers ?? .any
        let wish = versions?.reference.map { " @ \($0)" } ?? specifiers.inReadingOrder
        let demand = constraints.first?.demand
        return DemandWords.Item(
            package: what, demand: demand, name: name, wish: wish,
            limit: versions?.reference?.description ?? (specifiers.isEmpty ? "any version" : specifiers.inReadingOrder),
            plain: name + wish, spelled: demand?.spelled ?? name + wish, tail: impossibility(what, constraints, allowed),
            isRelaxable: !specifiers.isEmpty)
    }
}
