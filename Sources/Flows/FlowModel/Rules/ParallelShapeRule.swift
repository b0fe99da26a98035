/// Rule 16: `num_parallel` and `@parallel` belong together, and a join follows at once.
struct ParallelShapeRule: GraphRule {
    let number = GraphRuleNumber.parallelShape

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.flatMap { splitting($0, in: draft) + parallel($0, in: draft) }
    }

    private func splitting(_ step: StepDescription, in draft: GraphDraft) -> [FlowFinding] {
        guard let next = step.next, next.kind == .parallel else { return [] }
        return next.targets.compactMap { draft.steps[$0] }.filter { !$0.isParallel }.map { target in
            finding(
                step, at: next.line,
                "step '\(step.name)' goes to '\(target.name)' with num_parallel, but '\(target.name)' is not @parallel",
                help: "decorate '\(target.name)' with @parallel")
        }
    }

    private func parallel(_ step: StepDescription, in draft: GraphDraft) -> [FlowFinding] {
        guard step.isParallel else { return [] }
        var findings: [FlowFinding] = []
        let target = step.next?.targets.first.flatMap { draft.steps[$0] }
        if step.next?.kind != .linear || target?.arguments != 2 {
            findings.append(
                finding(
                    step, at: step.next?.line, "the @parallel step '\(step.name)' is not followed by a join",
                    help: "let '\(step.name)' go to a step that takes inputs"))
        }
        findings += draft.sources(of: step.name).filter { $0.next?.kind != .parallel }.map { source in
            finding(
                source, at: source.next?.line,
                "step '\(source.name)' goes to the @parallel step '\(step.name)' without num_parallel",
                help: "write self.next(self.\(step.name), num_parallel=...)")
        }
        return findings
    }
}

extension StepDescription {
    fileprivate var isParallel: Bool { decorators.contains { DecoratorCatalogue.parallel.contains($0.name) } }
}
