/// Forms of `self.next` that the graph understands and that cannot be run yet. Told after all rules.
enum UnsupportedForms {
    static func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.compactMap { step in
            guard let next = step.next, let form = name(of: next.kind) else { return nil }
            return FlowFinding(
                .unsupported, step: step.name, file: step.file, line: next.line,
                "step '\(step.name)' uses \(form), which this version of Penstock does not support",
                help: "use a plain step, a split or a foreach instead")
        }
    }

    private static func name(of kind: TransitionDescription.Kind) -> String? {
        switch kind {
        case .switch: "a switch (condition=...)"
        case .parallel: "num_parallel"
        case .linear, .split, .foreach, .unrecognised: nil
        }
    }
}
