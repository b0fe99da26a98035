/// Rule 4: nothing leads into the first step, and nothing leads out of the last.
struct EdgesAtTheEndsRule: GraphRule {
    let number = GraphRuleNumber.edgesAtTheEnds

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        intoEntry(draft) + outOfTerminal(draft)
    }

    private func intoEntry(_ draft: GraphDraft) -> [FlowFinding] {
        guard let entry = draft.entry else { return [] }
        return draft.sources(of: entry).filter { $0.name != draft.terminal }.map { step in
            finding(
                step, at: step.next?.line, "step '\(step.name)' goes back to '\(entry)', the first step of the flow",
                help: "let self.next of '\(step.name)' go to a later step")
        }
    }

    private func outOfTerminal(_ draft: GraphDraft) -> [FlowFinding] {
        guard let terminal = draft.terminal, let step = draft.steps[terminal], let next = step.next,
            next.kind != .unrecognised
        else { return [] }
        return [
            finding(
                step, at: next.line,
                "step '\(terminal)' is the last step of the flow but goes on to \(listed(next.targets))",
                help: "remove self.next from '\(terminal)'")
        ]
    }
}
