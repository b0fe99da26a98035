/// Rule 13: the branches of each split, and of nothing else, meet in one join, before the flow ends.
struct BalanceRule: GraphRule {
    let number = GraphRuleNumber.balance
    let needs: Set<GraphRuleNumber> = [
        .entryAndTerminal, .edgesAtTheEnds, .terminalShape, .arguments, .missingNext, .unrecognisedNext,
        .unknownTarget, .cycle,
    ]

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        SplitLineage(of: draft).problems.compactMap { finding(for: $0, in: draft) }
    }

    private func finding(for problem: SplitLineage.Problem, in draft: GraphDraft) -> FlowFinding? {
        switch problem {
        case .meetsWithoutJoin(let name, let split, let sources):
            draft.steps[name].map {
                finding(
                    $0, "step '\(name)' is reached from \(listed(sources)), branches of '\(split)', but is not a join",
                    help: "make it a join: def \(name)(self, inputs)")
            }
        case .leftOpen(let split, let sources):
            draft.steps[split].map {
                finding(
                    $0, at: $0.next?.line,
                    "the split of step '\(split)' is still open when \(listed(sources)) "
                        + "\(sources.count == 1 ? "reaches" : "reach") the last step",
                    help: "add a join, a step that takes inputs, before the last step")
            }
        case .joinWithoutSplit(let name):
            draft.steps[name].map {
                finding(
                    $0, "step '\(name)' takes inputs, as a join does, but there is no split before it",
                    help: "let it take only self, or split before it")
            }
        case .missingBranches(let name, let split, let missing):
            draft.steps[name].map {
                finding(
                    $0, "step '\(name)' joins the split of '\(split)' without \(listed(missing))",
                    help: "let \(listed(missing)) lead to '\(name)' as well")
            }
        case .unrelatedSplits(let name, let sources):
            draft.steps[name].map {
                finding(
                    $0, "step '\(name)' brings \(listed(sources)) together, which do not come from the same split",
                    help: "join the inner split in a step of its own first")
            }
        }
    }
}
