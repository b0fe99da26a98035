/// Rule 5: the last step has no `self.next` of any form and is not a join.
struct TerminalShapeRule: GraphRule {
    let number = GraphRuleNumber.terminalShape

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        guard let terminal = draft.terminal, let step = draft.steps[terminal] else { return [] }
        var findings: [FlowFinding] = []
        // A transition of a known form was told by rule 4.
        let lines = step.strayNext + (step.next?.kind == .unrecognised ? [step.next?.line ?? step.line] : [])
        if let line = lines.min() {
            findings.append(
                finding(
                    step, at: line, "step '\(terminal)' is the last step of the flow but calls self.next",
                    help: "remove self.next from '\(terminal)'"))
        }
        if step.arguments == 2 {
            findings.append(
                finding(
                    step, "step '\(terminal)' is the last step of the flow but takes inputs, as a join does",
                    help: "add a join step before '\(terminal)', and let '\(terminal)' take only self"))
        }
        return findings
    }
}
