/// A derivation in an order in which it can be read aloud.
///
/// PubGrub resolves two things at a time, more finely than a person cares to follow. Here small steps are merged: a step
/// has several premises on up to three subjects and as many demands of the root. A subject is what one package asks of
/// another one, why candidates of a package cannot be used (for however many candidates), or an earlier conclusion.
/// Facts that only say that an extra belongs to its project are left out.
public struct Explanation<Package, Constraint, Reason>: Sendable
where Package: Hashable & Sendable, Constraint: Hashable & Sendable, Reason: Sendable {
    public typealias Proof = Derivation<Package, Constraint, Reason>

    public enum Premise: Sendable {
        /// A node of the derivation that was told to the solver.
        case fact(Proof.Node)
        /// The conclusion of the step right before.
        case previousStep
        /// The conclusion of an earlier step, by its label.
        case step(label: Int, [Proof.Claim])
    }

    public struct Step: Sendable {
        public let premises: [Premise]
        /// These cannot all be true together.
        public let conclusion: [Proof.Claim]
        /// A number, counted from 1, for a step that a later one comes back to.
        public internal(set) var label: Int?
    }

    /// The steps; the last one concludes the failure. A single fact that leaves no way is one step.
    public let steps: [Step]

    public init(_ derivation: Proof) {
        var outline = ExplanationOutline(derivation)
        steps = outline.steps()
    }
}

/// Merges the nodes of a derivation into steps.
private struct ExplanationOutline<Package, Constraint, Reason>
where Package: Hashable & Sendable, Constraint: Hashable & Sendable, Reason: Sendable {
    typealias Proof = Derivation<Package, Constraint, Reason>
    typealias Steps = Explanation<Package, Constraint, Reason>

    /// What a premise is about; premises about the same thing are read in one breath.
    enum Subject: Hashable {
        case demand(Package)
        case requirement(Package, Package)
        case exclusion(Package)
        case conclusion(Int)
    }

    let nodes: [Proof.Node]
    let root: Package
    /// For each derived node the nodes that its step names, merged ones replaced by their own.
    var premises: [[Int]] = []
    /// The step that concludes a node.
    var stepOfNode: [Int: Int] = [:]
    var labels = 0

    static var subjectsPerStep: Int { 3 }

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
        case .dependency, .unusable: [node]
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
        switch nodes[node].origin {
        case .dependency(let dependent, _, let dependency, _, _):
            dependent == root ? .demand(dependency) : .requirement(dependent, dependency)
        case .unusable(let package, _, _): .exclusion(package)
        case .root, .lockstep, .derived: .conclusion(node)
        }
    }

    private static func unique(_ list: [Int]) -> [Int] {
        var seen: Set<Int> = []
        return list.filter { seen.insert($0).inserted }
    }

    // MARK: - Reading order

    mutating func steps() -> [Steps.Step] {
        guard let failure = nodes.indices.last else { return [] }
        guard isDerived(failure), premises[failure].count != 1 || isDerived(premises[failure][0]) else {
            let fact = isDerived(failure) ? premises[failure][0] : failure
            return [.init(premises: [.fact(nodes[fact])], conclusion: nodes[failure].claims, label: nil)]
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
            add(node, to: &steps)
        }
        return steps
    }

    private mutating func add(_ node: Int, to steps: inout [Steps.Step]) {
        var links: [Steps.Premise] = []
        var facts: [Steps.Premise] = []
        for premise in premises[node] {
            guard let step = stepOfNode[premise] else {
                facts.append(.fact(nodes[premise]))
                continue
            }
            if step == steps.count - 1 {
                links.insert(.previousStep, at: 0)
            } else {
                links.append(.step(label: label(of: step, in: &steps), nodes[premise].claims))
            }
        }
        stepOfNode[node] = steps.count
        steps.append(.init(premises: links + facts, conclusion: nodes[node].claims, label: nil))
    }

    private mutating func label(of step: Int, in steps: inout [Steps.Step]) -> Int {
        if let known = steps[step].label { return known }
        labels += 1
        steps[step].label = labels
        return labels
    }
}
