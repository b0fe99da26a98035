/// Rule 12: every step can be reached from the first one.
struct UnreachableRule: GraphRule {
    let number = GraphRuleNumber.unreachable
    let needs: Set<GraphRuleNumber> = [
        .entryAndTerminal, .missingNext, .unrecognisedNext, .unknownTarget, .cycle,
    ]

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        let reached = Set(draft.topologicalOrder)
        return draft.flow.steps.filter { !reached.contains($0.name) }.map { step in
            finding(
                step, "step '\(step.name)' cannot be reached from '\(draft.entry ?? "start")'",
                help: "let self.next of some step go to '\(step.name)', or remove it")
        }
    }
}
