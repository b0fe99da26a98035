internal import PubGrub

/// Says why it has to be this Python, where versions cannot be used because of it and conda brings it in.
struct PythonHoldWords: Sendable {
    private(set) var sentences: [String] = []
    /// Who asks for what holds Python.
    private(set) var demands: [DemandWords.Item] = []

    /// A longer reasoning than this is not told.
    private static let clausesTold = 4

    init(_ facts: FactWords, _ told: ToldFacts) {
        guard let hold = facts.scene.conda?.pythonHold, told.exclusions.contains(where: { $0.reason.isOfPython })
        else { return }
        let proof = hold.shortened { key in facts.scene.versions(of: key)?.newestFirst }
        let words = FactWords(facts.scene, proof, names: facts.names)
        let nodes = proof.nodes.filter { node in
            // That it is to be another Python is what was tried, and not what anybody asks for.
            if case .dependency(.root, _, .conda, let constraints, _) = node.origin { return constraints.first?.demand != nil }
            return node.isFact
        }
        let demands = nodes.compactMap(words.demand)
        let clauses = DemandWords.clauses(demands) + words.clauses(nodes.filter { words.demand($0) == nil }).map(\.text)
        guard !clauses.isEmpty, clauses.count <= Self.clausesTold else {
            sentences = ["Python is \(facts.scene.series) here, because conda's packages go with no other one."]
            return
        }
        self.demands = demands
        sentences = ["Python is \(facts.scene.series) here, because \(clauses.joinedAsClauses)."]
    }
}

extension Unusable {
    /// Whether another Python could do.
    var isOfPython: Bool {
        switch self {
        case .python: true
        case .noCompatibleWheel(let mismatch): mismatch.part != .platform
        default: false
        }
    }
}
