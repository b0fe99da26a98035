/// Rule 1: a step may not have the name of something that every flow has.
struct ReservedNameRule: GraphRule {
    let number = GraphRuleNumber.reservedName
    private static let reserved: Set<StepName> = ["name", "next", "input", "index", "cmd"]

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.filter { Self.reserved.contains($0.name) }.map { step in
            finding(
                step, "step '\(step.name)' has a reserved name: every flow has a '\(step.name)' of its own",
                help: "give the step another name")
        }
    }
}
