/// Rule 3: when a step is marked as the first (last) one, no other may be called `start` (`end`).
struct AnnotationConflictRule: GraphRule {
    let number = GraphRuleNumber.annotationConflict

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        conflict("start", marked: draft.flow.steps.first(where: \.start), in: draft)
            + conflict("end", marked: draft.flow.steps.first(where: \.end), in: draft)
    }

    private func conflict(_ word: StepName, marked: StepDescription?, in draft: GraphDraft) -> [FlowFinding] {
        guard let marked, marked.name != word, let other = draft.steps[word] else { return [] }
        return [
            finding(
                other, "step '\(word)' conflicts with '\(marked.name)', which is marked with @step(\(word)=True)",
                help: "rename '\(word)', or take \(word)=True away from '\(marked.name)'")
        ]
    }
}
