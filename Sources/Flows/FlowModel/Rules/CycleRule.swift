/// Rule 11: steps do not lead back to where they came from; only a switch may go to itself.
struct CycleRule: GraphRule {
    let number = GraphRuleNumber.cycle

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        cycles(in: draft).compactMap { path in
            guard let last = path.last, let first = path.first, let step = draft.steps[last] else { return nil }
            let text = (path + [first]).map(\.text).joined(separator: " → ")
            return finding(
                step, at: step.next?.line, "step '\(last)' closes a cycle: \(text)",
                help: "let self.next of '\(last)' go to a step that has not run yet")
        }
    }

    /// One path for each edge that closes a cycle, from a walk that begins with the entry.
    private func cycles(in draft: GraphDraft) -> [[StepName]] {
        var cycles: [[StepName]] = []
        var seen: Set<StepName> = []
        var path: [(step: StepName, rest: [StepName])] = []
        var onPath: Set<StepName> = []
        func enter(_ step: StepName) {
            seen.insert(step)
            onPath.insert(step)
            path.append((step, draft.targets(of: step).reversed()))
        }
        for root in [draft.entry].compactMap({ $0 }) + draft.names where !seen.contains(root) {
            enter(root)
            while let last = path.indices.last {
                guard let target = path[last].rest.popLast() else {
                    onPath.remove(path.removeLast().step)
                    continue
                }
                if onPath.contains(target) {
                    // Edges at the ends of the flow were told by rule 4.
                    guard target != draft.entry, path[last].step != draft.terminal else { continue }
                    cycles.append(Array(path.map(\.step).drop { $0 != target }))
                } else if !seen.contains(target) {
                    enter(target)
                }
            }
        }
        return cycles
    }
}
