/// Rule 8: the last statement of every step but the last one is `self.next`.
struct MissingNextRule: GraphRule {
    let number = GraphRuleNumber.missingNext

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.filter { $0.next == nil && $0.name != draft.terminal }.map { step in
            if let line = step.strayNext.first {
                finding(
                    step, at: line, "step '\(step.name)' calls self.next, but not as its last statement",
                    help: "make one self.next(...) the last statement of '\(step.name)', outside of any if or loop")
            } else {
                finding(
                    step, "step '\(step.name)' does not end with self.next",
                    help: "end '\(step.name)' with self.next(...)" + Self.hint(draft))
            }
        }
    }

    private static func hint(_ draft: GraphDraft) -> String {
        draft.terminal == nil ? ", or call it 'end' if it is the last step" : ""
    }
}
