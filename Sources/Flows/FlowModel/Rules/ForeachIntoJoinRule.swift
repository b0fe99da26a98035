/// Rule 15: between a foreach and its join there is at least one step.
struct ForeachIntoJoinRule: GraphRule {
    let number = GraphRuleNumber.foreachIntoJoin

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.compactMap { step in
            guard let next = step.next, next.kind == .foreach || next.kind == .parallel,
                let target = next.targets.first(where: { draft.steps[$0]?.arguments == 2 })
            else { return nil }
            return finding(
                step, at: next.line, "the foreach of step '\(step.name)' leads straight into the join '\(target)'",
                help: "add a step between them that runs once for each item")
        }
    }
}
