/// The graph's rules by their place in the order in which they are reported.
package enum GraphRuleNumber: Int, Sendable, Hashable, CaseIterable {
    case reservedName = 1
    case entryAndTerminal
    case annotationConflict
    case edgesAtTheEnds
    case terminalShape
    case nameCharacters
    case arguments
    case missingNext
    case unrecognisedNext
    case unknownTarget
    case cycle
    case unreachable
    case balance
    case switchBranches
    case foreachIntoJoin
    case parallelShape
    case switchIntoJoin
}

/// One rule of the graph. A rule looks at the draft and tells all that breaks it.
protocol GraphRule: Sendable {
    var number: GraphRuleNumber { get }
    /// The rules without which this one would only repeat what they said: it is left out when one of them found something.
    var needs: Set<GraphRuleNumber> { get }
    func findings(in draft: GraphDraft) -> [FlowFinding]
}

extension GraphRule {
    var needs: Set<GraphRuleNumber> { [] }

    /// A finding about a step, at its transition or at the method itself.
    func finding(
        _ step: StepDescription, at line: Int? = nil, _ message: String, help: String
    ) -> FlowFinding {
        FlowFinding(
            .graph(number), step: step.name, file: step.file, line: line ?? step.line, message, help: help)
    }
}

/// All rules, in the order in which they are applied and reported.
enum GraphRules {
    static let all: [any GraphRule] = [
        ReservedNameRule(), EntryAndTerminalRule(), AnnotationConflictRule(), EdgesAtTheEndsRule(),
        TerminalShapeRule(), NameCharactersRule(), ArgumentsRule(), MissingNextRule(), UnrecognisedNextRule(),
        UnknownTargetRule(), CycleRule(), UnreachableRule(), BalanceRule(), SwitchBranchesRule(),
        ForeachIntoJoinRule(), ParallelShapeRule(), SwitchIntoJoinRule(),
    ]

    static func findings(in draft: GraphDraft) -> [FlowFinding] {
        var broken: Set<GraphRuleNumber> = []
        var findings: [FlowFinding] = []
        for rule in all where rule.needs.isDisjoint(with: broken) {
            let found = rule.findings(in: draft)
            if !found.isEmpty { broken.insert(rule.number) }
            findings += found
        }
        return findings
    }
}

/// `'a', 'b' and 'c'`.
func listed(_ steps: [StepName]) -> String {
    let quoted = steps.map { "'\($0)'" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " and " + last
}
