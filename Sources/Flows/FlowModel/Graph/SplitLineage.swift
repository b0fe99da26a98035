/// Which splits are open at each step, which join closes which split, and where that does not come out even.
///
/// Every step has one stack of open splits, whichever way it is reached. A split pushes, a join pops; a switch does
/// neither, so alternatives that meet again have the same stack and count once. So do foreaches of several alternatives
/// that go to one step: the first stands for them all. A step where the stacks disagree is reported, and nothing is said
/// about the steps behind it.
struct SplitLineage {
    enum Problem: Hashable {
        /// A plain step is reached from several branches of a split.
        case meetsWithoutJoin(StepName, split: StepName, sources: [StepName])
        /// The last step is reached inside of a split.
        case leftOpen(split: StepName, sources: [StepName])
        case joinWithoutSplit(StepName)
        /// A join takes only some of its split's branches.
        case missingBranches(StepName, split: StepName, missing: [StepName])
        /// Steps meet that come from different splits.
        case unrelatedSplits(StepName, sources: [StepName])
    }

    private(set) var open: [StepName: [OpenSplit]] = [:]
    /// From a split to its join.
    private(set) var joins: [StepName: StepName] = [:]
    private(set) var problems: [Problem] = []

    /// From a split to the others that go on as it does.
    private var equals: [StepName: Set<StepName>] = [:]

    private struct Arrival {
        let source: StepName
        let stack: [OpenSplit]
    }

    /// The draft's edges must be known to be without cycles.
    init(of draft: GraphDraft) {
        var arrivals: [StepName: [Arrival]] = [:]
        var unclear: Set<StepName> = []
        for name in draft.topologicalOrder {
            guard let step = draft.steps[name] else { continue }
            let stack = unclear.contains(name) ? nil : stack(of: step, arrivals: arrivals[name] ?? [], draft: draft)
            open[name] = stack
            for (branch, target) in draft.targets(of: name).enumerated() {
                guard let stack else {
                    unclear.insert(target)
                    continue
                }
                arrivals[target, default: []].append(
                    Arrival(source: name, stack: stack + (step.next?.opened(by: name, branch: branch) ?? [])))
            }
        }
    }

    private mutating func stack(of step: StepDescription, arrivals: [Arrival], draft: GraphDraft) -> [OpenSplit]? {
        if step.name == draft.terminal, let inside = arrivals.first(where: { !$0.stack.isEmpty }) {
            let sources = arrivals.filter { !$0.stack.isEmpty }.map(\.source)
            problems.append(.leftOpen(split: inside.stack[inside.stack.count - 1].step, sources: sources))
            return nil
        }
        guard let first = arrivals.first else {
            if step.arguments == 2 { problems.append(.joinWithoutSplit(step.name)) }
            return []
        }
        return step.arguments == 2
            ? stackBehind(join: step.name, arrivals: arrivals, first: first, draft: draft)
            : stackAt(plain: step.name, arrivals: arrivals, first: first)
    }

    private mutating func stackAt(plain name: StepName, arrivals: [Arrival], first: Arrival) -> [OpenSplit]? {
        if arrivals.allSatisfy({ $0.stack == first.stack }) { return first.stack }
        if let split = first.stack.last?.step, Self.areForeachesOfAlternatives(arrivals, first: first) {
            equals[split, default: []].formUnion(arrivals.compactMap { $0.stack.last?.step })
            return first.stack
        }
        let sources = arrivals.map(\.source)
        if let split = first.stack.last?.step, Self.meet(arrivals, first: first) {
            problems.append(.meetsWithoutJoin(name, split: split, sources: sources))
        } else {
            problems.append(.unrelatedSplits(name, sources: sources))
        }
        return nil
    }

    private mutating func stackBehind(
        join: StepName, arrivals: [Arrival], first: Arrival, draft: GraphDraft
    ) -> [OpenSplit]? {
        if arrivals.allSatisfy({ $0.stack.isEmpty }) {
            problems.append(.joinWithoutSplit(join))
            return nil
        }
        guard let split = first.stack.last?.step, Self.meet(arrivals, first: first) else {
            problems.append(.unrelatedSplits(join, sources: arrivals.map(\.source)))
            return nil
        }
        let arrived = Set(arrivals.compactMap { $0.stack.last?.branch })
        let branches = first.stack.last?.isForeach == true ? [] : draft.targets(of: split)
        let missing = branches.enumerated().filter { !arrived.contains($0.offset) }.map(\.element)
        guard missing.isEmpty else {
            problems.append(.missingBranches(join, split: split, missing: missing))
            return nil
        }
        for each in equals[split] ?? [split] { joins[each] = join }
        return first.stack.dropLast()
    }

    /// Whether all arrive from foreaches around which the same is open, so that only one of them can take place.
    private static func areForeachesOfAlternatives(_ arrivals: [Arrival], first: Arrival) -> Bool {
        arrivals.allSatisfy { $0.stack.last?.isForeach == true && $0.stack.dropLast() == first.stack.dropLast() }
    }

    /// Whether all arrive from branches of the same, innermost split; what is open around it is the same then.
    private static func meet(_ arrivals: [Arrival], first: Arrival) -> Bool {
        arrivals.allSatisfy { $0.stack.last?.step == first.stack.last?.step }
    }
}

extension TransitionDescription {
    fileprivate func opened(by step: StepName, branch: Int) -> [OpenSplit] {
        switch kind {
        case .split: [OpenSplit(step: step, branch: branch, isForeach: false)]
        case .foreach, .parallel: [OpenSplit(step: step, branch: 0, isForeach: true)]
        case .linear, .switch, .unrecognised: []
        }
    }
}
