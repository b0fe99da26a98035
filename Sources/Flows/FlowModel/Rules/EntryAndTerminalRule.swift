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
        if found == nil { return [missing(word, in: draft)] }
        guard let second = annotated.dropFirst().first else { return [] }
        return [
            finding(
                second, "steps \(listed(annotated.map(\.name))) are all marked with @step(\(word)=True)",
                help: "mark only one step with \(word)=True")
        ]
    }

    /// Shown where the step is gone to, otherwise at the first or last one that is there.
    private func missing(_ word: String, in draft: GraphDraft) -> FlowFinding {
        let first = word == "start"
        let help = "add a step called '\(word)', or mark the \(first ? "first" : "last") step with @step(\(word)=True)"
        if let source = draft.sources(of: StepName(word)).first {
            return finding(
                source, at: source.next?.line, "flow \(draft.flow.name) has no '\(word)' step, and '\(source.name)' goes to it",
                help: help)
        }
        guard let step = first ? draft.flow.steps.first : draft.flow.steps.last else {
            return about(draft, "flow \(draft.flow.name) has no '\(word)' step", help: help)
        }
        return finding(
            step,
            "flow \(draft.flow.name) has no '\(word)' step; the \(first ? "first" : "last") in the file is '\(step.name)'",
            help: help)
    }

    private func about(_ draft: GraphDraft, _ message: String, help: String) -> FlowFinding {
        FlowFinding(.graph(number), file: draft.flow.file, message, help: help)
    }
}
