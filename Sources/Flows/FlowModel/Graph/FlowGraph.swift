/// The graph of a flow that kept every rule: one entry, one last step, each split with its join.
package struct FlowGraph: Hashable, Sendable {
    package let description: FlowDescription
    /// Every step after all those that lead to it; of several branches, the first one declared comes first.
    package let nodes: [GraphNode]
    /// The first step.
    package let entry: StepName
    /// The last step; the same as the first in a flow of one step.
    package let terminal: StepName
    private let places: [StepName: Int]

    package var name: FlowName { description.name }

    /// Applies every rule (Rules/GraphRules.swift) and throws all that they find, in the rules' order.
    package init(validating description: FlowDescription) throws(FlowErrors) {
        let draft = GraphDraft(description)
        if let errors = FlowErrors(description.name, GraphRules.findings(in: draft)) { throw errors }
        self.init(draft)
    }

    /// What is wrong with the graph, in the rules' order; empty when `init(validating:)` would accept it.
    package static func findings(in description: FlowDescription) -> [FlowFinding] {
        GraphRules.findings(in: GraphDraft(description))
    }

    init(_ draft: GraphDraft) {
        let order = draft.topologicalOrder
        let lineage = SplitLineage(of: draft)
        let joined = Dictionary(lineage.joins.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
        description = draft.flow
        entry = draft.entry ?? "start"
        terminal = draft.terminal ?? "end"
        places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        var inputs: [StepName: [StepName]] = [:]
        for name in order {
            for target in draft.targets(of: name) { inputs[target, default: []].append(name) }
        }
        nodes = order.compactMap { draft.steps[$0] }.enumerated().map { index, step in
            GraphNode(
                step: step, index: index, transition: step.name == draft.terminal ? nil : step.next?.supported,
                inputs: inputs[step.name] ?? [], openSplits: lineage.open[step.name] ?? [],
                join: lineage.joins[step.name], joins: joined[step.name])
        }
    }

    package subscript(step: StepName) -> GraphNode? { places[step].map { nodes[$0] } }
}

extension TransitionDescription {
    /// The form that this version can run; the rules refuse the others.
    fileprivate var supported: Transition? {
        switch kind {
        case .linear: targets.first.map { .linear($0) }
        case .split: .split(targets)
        case .foreach: targets.first.flatMap { step in variable.map { .foreach(step, variable: $0) } }
        case .parallel, .switch, .unrecognised: nil
        }
    }
}
