/// Rule 7: a step takes `self`, a join also its inputs, and a join does not split.
struct ArgumentsRule: GraphRule {
    let number = GraphRuleNumber.arguments

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.flatMap { step -> [FlowFinding] in
            switch step.arguments {
            case 1: []
            case 2: step.next.map { splitting(step, $0) } ?? []
            case ..<1:
                [
                    finding(
                        step, "step '\(step.name)' does not take self",
                        help: "write 'def \(step.name)(self)', or 'def \(step.name)(self, inputs)' for a join")
                ]
            default:
                [
                    finding(
                        step, "step '\(step.name)' takes \(step.arguments) arguments",
                        help: "a step takes only self, a join also inputs; pass other values as attributes of self")
                ]
            }
        }
    }

    private func splitting(_ step: StepDescription, _ next: TransitionDescription) -> [FlowFinding] {
        guard [.split, .foreach, .parallel, .switch].contains(next.kind) else { return [] }
        return [
            finding(
                step, at: next.line, "step '\(step.name)' takes inputs, as a join does, and splits at the same time",
                help: "let '\(step.name)' go to a new step that splits")
        ]
    }
}
