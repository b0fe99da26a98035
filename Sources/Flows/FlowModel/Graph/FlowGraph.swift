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

    /// Applies every rule (Rules/GraphRules.swift), reads all decorators, and throws all that is found, rules first and
    /// in their order.
    ///
    /// - Parameters:
    ///   - added: decorators of the command line (`--with`), for each step that lacks them. The earlier of a name wins.
    ///   - isolatingEveryStep: whether steps that do not ask for packages run in an environment of their own, too
    ///     (`--environment=pypi`).
    package init(
        validating description: FlowDescription, adding added: [DecoratorSpec] = [], isolatingEveryStep: Bool = false
    ) throws(FlowErrors) {
        let draft = GraphDraft(description)
        let reader = DecoratorReader(description, added: added, isolatingEveryStep: isolatingEveryStep)
        let findings = GraphRules.findings(in: draft) + reader.findings
        if let errors = FlowErrors(description.name, findings) { throw errors }
        self.init(draft, decorators: reader.steps)
    }

    /// All that `init(validating:)` would throw for a description; empty when it would accept it.
    package static func findings(in description: FlowDescription, adding added: [DecoratorSpec] = []) -> [FlowFinding] {
        GraphRules.findings(in: GraphDraft(description))
            + DecoratorReader(description, added: added, isolatingEveryStep: false).findings
    }

    /// The draft must have kept every rule.
    private init(_ draft: GraphDraft, decorators: [StepName: StepDecorators]) {
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
                step: step, index: index, decorators: decorators[step.name] ?? StepDecorators(),
                transition: step.name == draft.terminal ? nil : step.next?.supported,
                inputs: inputs[step.name] ?? [], openSplits: lineage.open[step.name] ?? [],
                join: lineage.joins[step.name], joins: joined[step.name])
        }
    }

    package subscript(step: StepName) -> GraphNode? { places[step].map { nodes[$0] } }

    /// How often each step's task may be tried again, of the steps that say so.
    package var retries: [StepName: Int] {
        var retries: [StepName: Int] = [:]
        for node in nodes { retries[node.name] = node.decorators.retry?.times }
        return retries
    }
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
