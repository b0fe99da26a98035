/// Rule 9: `self.next` has one of the forms that can be read without running the step.
struct UnrecognisedNextRule: GraphRule {
    let number = GraphRuleNumber.unrecognisedNext

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.filter { $0.name != draft.terminal }.compactMap { step in
            guard let next = step.next, let problem = Self.problem(next) else { return nil }
            let text = next.text.isEmpty ? "self.next" : next.text
            return finding(
                step, at: next.line, "step '\(step.name)' ends with \(text), \(problem)",
                help: "write self.next(self.a), self.next(self.a, self.b) or self.next(self.a, foreach='items')")
        }
    }

    private static func problem(_ next: TransitionDescription) -> String? {
        if next.kind != .unrecognised, next.kind != .switch, Set(next.targets).count < next.targets.count {
            return "which names a step twice"
        }
        let isWhole =
            switch next.kind {
            case .linear, .parallel: next.targets.count == 1
            case .split: next.targets.count > 1
            case .foreach: next.targets.count == 1 && !(next.variable ?? "").isEmpty
            case .switch: true
            case .unrecognised: false
            }
        return isWhole ? nil : "which is not a form that Penstock understands"
    }
}
