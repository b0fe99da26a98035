/// Rule 17: a switch does not lead straight into a join.
struct SwitchIntoJoinRule: GraphRule {
    let number = GraphRuleNumber.switchIntoJoin

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.compactMap { step in
            guard let next = step.next, next.kind == .switch,
                let target = next.targets.first(where: { draft.steps[$0]?.arguments == 2 })
            else { return nil }
            return finding(
                step, at: next.line, "the switch of step '\(step.name)' leads straight into the join '\(target)'",
                help: "add a step between them")
        }
    }
}
