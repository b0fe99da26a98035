/// Rule 10: `self.next` leads to steps.
struct UnknownTargetRule: GraphRule {
    let number = GraphRuleNumber.unknownTarget

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.flatMap { step -> [FlowFinding] in
            guard let next = step.next, step.name != draft.terminal else { return [] }
            let unknown = next.targets.filter { draft.steps[$0] == nil && !isMissingEnd($0, in: draft) }
            return unknown.map { target in
                finding(
                    step, at: next.line, "step '\(step.name)' goes to '\(target)', which is not a step",
                    help: help(target, in: draft))
            }
        }
    }

    /// Rule 2 has told it already.
    private func isMissingEnd(_ target: StepName, in draft: GraphDraft) -> Bool {
        target == "end" && draft.terminal == nil
    }

    private func help(_ target: StepName, in draft: GraphDraft) -> String {
        if let near = draft.names.first(where: { Self.near($0.text, target.text) }) {
            return "did you mean '\(near)'?"
        }
        return "add a method '\(target)' decorated with @step, or go to one of \(listed(draft.names))"
    }

    /// Whether one slip of a finger lies between two names: a letter changed, added, left out, or two swapped.
    private static func near(_ left: String, _ right: String) -> Bool {
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        guard abs(a.count - b.count) <= 1 else { return false }
        let head = zip(a, b).prefix { $0 == $1 }.count
        let tail = zip(a.dropFirst(head).reversed(), b.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let (restA, restB) = (a.count - head - tail, b.count - head - tail)
        if restA <= 1 && restB <= 1 { return true }
        return restA == 2 && restB == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]
    }
}
