/// Merges the nodes of a derivation into steps.
struct ExplanationOutline<Package, Constraint, Reason>
where Package: Hashable & Sendable, Constraint: Hashable & Sendable, Reason: Sendable {
    typealias Proof = Derivation<Package, Constraint, Reason>
    typealias Steps = Explanation<Package, Constraint, Reason>

    /// What a premise is about; premises about the same thing are read in one breath.
    private enum Subject: Hashable {
        case demand(Package)
        case requirement(Package, Package)
        case exclusion(Package)
        case conclusion(Int)
    }

    private let nodes: [Proof.Node]
    private let root: Package
    /// For each derived node the nodes that its step names, merged ones replaced by their own.
    private var premises: [[Int]] = []
    /// The step that concludes a node.
    private var stepOfNode: [Int: Int] = [:]

    private static var subjectsPerStep: Int { 3 }

    init(_ derivation: Proof) {
        nodes = derivation.nodes
        root = derivation.root
        var uses = [Int](repeating: 0, count: nodes.count)
        for case .derived(let left, let right) in nodes.map(\.origin) {
            uses[left] += 1
            uses[right] += 1
        }
        for node in nodes {
            guard case .derived(let left, let right) = node.origin else {
                premises.append([])
                continue
            }
            var parts = [mandatory(left), mandatory(right)]
            for (side, child) in [left, right].enumerated() where uses[child] == 1 && isDerived(child) {
                var merged = parts
                merged[side] = premises[child]
                if fitsOneStep(merged[0] + merged[1]) { parts = merged }
            }
            premises.append(Self.unique(parts[0] + parts[1]))
        }
    }

    /// A cause as its parent has to name it: not at all, as itself, or as the one thing that it restates.
    private func mandatory(_ node: Int) -> [Int] {
        switch nodes[node].origin {
        case .root, .lockstep: []
        case .dependency, .unusable, .together: [node]
        case .derived: premises[node].count <= 1 ? premises[node] : [node]
        }
    }

    private func isDerived(_ node: Int) -> Bool {
        if case .derived = nodes[node].origin { true } else { false }
    }

    private func fitsOneStep(_ list: [Int]) -> Bool {
        var demands: Set<Subject> = []
        var others: Set<Subject> = []
        for node in list {
            let subject = subject(of: node)
            if case .demand = subject { demands.insert(subject) } else { others.insert(subject) }
        }
        // With more than two earlier conclusions the thread is lost.
        return demands.count <= Self.subjectsPerStep && others.count <= Self.subjectsPerStep
            && Set(list.filter(isDerived)).count <= 2
    }

    private func subject(of node: Int) -> Subject {
        guard let (package, dependency) = nodes[node].subject else { return .conclusion(node) }
        guard let dependency else { return .exclusion(package) }
        return package == root ? .demand(dependency) : .requirement(package, dependency)
    }

    private static func unique(_ list: [Int]) -> [Int] {
        var seen: Set<Int> = []
        return list.filter { seen.insert($0).inserted }
    }

    // MARK: - Steps

    mutating func steps() -> [Steps.Step] {
        guard let failure = nodes.indices.last else { return [] }
        guard isDerived(failure), premises[failure].count != 1 || isDerived(premises[failure][0]) else {
            let fact = isDerived(failure) ? premises[failure][0] : failure
            return [.init(premises: [.fact(nodes[fact])], conclusion: nodes[failure].claims)]
        }
        var steps: [Steps.Step] = []
        // Derivations can be deep, so this does not recurse.
        var stack = [failure]
        while let node = stack.last {
            let open = premises[node].filter { isDerived($0) && stepOfNode[$0] == nil }
            if let next = open.first {
                stack.append(next)
                continue
            }
            stack.removeLast()
            guard stepOfNode[node] == nil else { continue }
            let list = premises[node].map { premise -> Steps.Premise in
                stepOfNode[premise].map { .step($0 + 1, nodes[premise].claims) } ?? .fact(nodes[premise])
            }
            stepOfNode[node] = steps.count
            steps.append(.init(premises: list, conclusion: nodes[node].claims))
        }
        return steps
    }
}
