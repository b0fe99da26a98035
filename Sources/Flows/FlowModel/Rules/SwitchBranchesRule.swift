/// Rule 14: a switch has a choice.
struct SwitchBranchesRule: GraphRule {
    let number = GraphRuleNumber.switchBranches

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.compactMap { step in
            guard let next = step.next, next.kind == .switch, Self.branches(next) < 2 else { return nil }
            return finding(
                step, at: next.line, "the switch of step '\(step.name)' has fewer than two cases",
                help: "give it at least two cases, or use self.next(self.a)")
        }
    }

    private static func branches(_ next: TransitionDescription) -> Int {
        if case .object(let cases) = next.cases { return cases.count }
        return next.targets.count
    }
}
