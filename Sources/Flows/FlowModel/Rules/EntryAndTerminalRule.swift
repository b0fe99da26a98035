/// Rule 2: a flow has one first and one last step: the annotated one, else the one called `start` or `end`.
struct EntryAndTerminalRule: GraphRule {
    let number = GraphRuleNumber.entryAndTerminal

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        if draft.flow.steps.isEmpty {
            return [
                about(draft, "flow \(draft.flow.name) has no steps", help: "decorate at least one method with @step")
            ]
        }
        return end("start", of: draft, found: draft.entry, annotated: draft.flow.steps.filter(\.start))
            + end("end", of: draft, found: draft.terminal, annotated: draft.flow.steps.filter(\.end))
    }

    private func end(
        _ word: String, of draft: GraphDraft, found: StepName?, annotated: [StepDescription]
    ) -> [FlowFinding] {
        if found == nil {
            let first = word == "start" ? "first" : "last"
            return [
                about(
                    draft, "flow \(draft.flow.name) has no '\(word)' step",
                    help: "add a step called '\(word)', or mark the \(first) step with @step(\(word)=True)")
            ]
        }
        guard let second = annotated.dropFirst().first else { return [] }
        return [
            finding(
                second, "steps \(listed(annotated.map(\.name))) are all marked with @step(\(word)=True)",
                help: "mark only one step with \(word)=True")
        ]
    }

    private func about(_ draft: GraphDraft, _ message: String, help: String) -> FlowFinding {
        FlowFinding(.graph(number), file: draft.flow.file, message, help: help)
    }
}
