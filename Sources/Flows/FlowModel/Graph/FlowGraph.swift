/// The graph of a flow that kept every rule: one entry, one last step, each split with its join.
package struct FlowGraph: Hashable, Sendable {
    package let description: FlowDescription
    /// Every step after all those that lead to it; of several branches, the first one declared comes first.
    package let nodes: [GraphNode]
    /// The first step.
    package let entry: StepName
    /// The last step; the same as the first in a flow of one step.
    package let terminal: StepName
    /// What the decorators of the class ask for.
    package let decorators: FlowDecorators
    /// What is odd about the flow and does not keep it from running.
    package let warnings: [FlowFinding]
    private let places: [StepName: Int]

    package var name: FlowName { description.name }

    /// Applies every rule (Rules/GraphRules.swift), reads all decorators, and throws all that is found, rules first and
    /// in their order. What is only a warning is kept in `warnings`.
    ///
    /// - Parameters:
    ///   - added: decorators of the command line (`--with`), for each step that lacks them. The earlier of a name wins.
    ///   - isolation: which steps run in an environment of their own (`--environment`).
    package init(
        validating description: FlowDescription, adding added: [DecoratorSpec] = [],
        isolation: StepIsolation = .asDecorated
    ) throws(FlowErrors) {
        let draft = GraphDraft(description)
        let reader = DecoratorReader(description, added: added, isolation: isolation)
        let findings = GraphRules.findings(in: draft) + reader.findings
        if let errors = FlowErrors(description.name, findings) { throw errors }
        self.init(draft, reader: reader, warnings: findings)
    }

    /// All that is found in a description, warnings too; without those, it is what `init(validating:)` would throw.
    package static func findings(
        in description: FlowDescription, adding added: [DecoratorSpec] = [], isolation: StepIsolation = .asDecorated
    ) -> [FlowFinding] {
        GraphRules.findings(in: GraphDraft(description))
            + DecoratorReader(description, added: added, isolation: isolation).findings
    }

    /// The draft must have kept every rule.
    private init(_ draft: GraphDraft, reader: DecoratorReader, warnings: [FlowFinding]) {
        let order = draft.topologicalOrder
        let lineage = SplitLineage(of: draft)
        // A join of alternatives' foreaches closes several; one of them, always the same, stands for all.
        let joined = Dictionary(
            lineage.joins.map { ($0.value, $0.key) }, uniquingKeysWith: { $0.text < $1.text ? $0 : $1 })
        description = draft.flow
        decorators = reader.flow
        self.warnings = warnings
        entry = draft.entry ?? "start"
        terminal = draft.terminal ?? "end"
        places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        var inputs: [StepName: [StepName]] = [:]
        for name in order {
            for target in draft.targets(of: name) { inputs[target, default: []].append(name) }
        }
        nodes = order.compactMap { draft.steps[$0] }.enumerated().map { index, step in
            GraphNode(
                step: step, index: index, isEntry: step.name == draft.entry,
                decorators: reader.steps[step.name] ?? StepDecorators(),
                transition: step.name == draft.terminal ? nil : step.next?.transition,
                inputs: inputs[step.name] ?? [], openSplits: lineage.open[step.name] ?? [],
                join: lineage.joins[step.name], joins: joined[step.name])
        }
    }

    package subscript(step: StepName) -> GraphNode? { places[step].map { nodes[$0] } }

    /// How many attempts each step's task may have, of the steps that may have more than one.
    package var attempts: [StepName: AttemptLimits] {
        var attempts: [StepName: AttemptLimits] = [:]
        for node in nodes where node.decorators.attempts != .one { attempts[node.name] = node.decorators.attempts }
        return attempts
    }
}

extension TransitionDescription {
    /// The transition as the rules have found it to be right.
    fileprivate var transition: Transition? {
        switch kind {
        case .linear: targets.first.map { .linear($0) }
        case .split: .split(targets)
        case .foreach: targets.first.flatMap { step in variable.map { .foreach(step, variable: $0) } }
        case .parallel: targets.first.map { .parallel($0) }
        case .switch: .switch(distinctTargets, condition: condition ?? "", cases: caseTargets)
        case .unrecognised: nil
        }
    }

    private var distinctTargets: [StepName] {
        var seen: Set<StepName> = []
        return targets.filter { seen.insert($0).inserted }
    }

    private var caseTargets: [String: StepName] {
        guard case .object(let members) = cases else { return [:] }
        return members.compactMapValues { if case .string(let step) = $0 { StepName(step) } else { nil } }
    }
}
