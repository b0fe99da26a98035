/// Rule 8: the last statement of every step but the last one is `self.next`.
struct MissingNextRule: GraphRule {
    let number = GraphRuleNumber.missingNext

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        // Without a last step, one that goes nowhere is most likely meant to be it, and rule 2 has told so.
        draft.flow.steps.filter {
            $0.next == nil && $0.name != draft.terminal && (draft.terminal != nil || !$0.strayNext.isEmpty)
        }.map { step in
            if let line = step.strayNext.first {
                finding(
                    step, at: line, "step '\(step.name)' calls self.next, but not as its last statement",
                    help: "make one self.next(...) the last statement of '\(step.name)', outside of any if or loop")
            } else {
                finding(
                    step, "step '\(step.name)' does not end with self.next",
                    help: "end '\(step.name)' with self.next(...)")
            }
        }
    }
}
