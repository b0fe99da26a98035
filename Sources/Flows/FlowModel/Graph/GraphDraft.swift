/// A flow's description as the rules look at it: with an entry and a last step where they can be told, and with its
/// edges. Nothing is known to be right yet.
struct GraphDraft {
    let flow: FlowDescription
    let steps: [StepName: StepDescription]
    /// In the order of their definition.
    let names: [StepName]
    let entry: StepName?
    let terminal: StepName?
    /// Steps from the entry on, each after all those that lead to it if there is no cycle.
    let topologicalOrder: [StepName]

    init(_ flow: FlowDescription) {
        self.flow = flow
        steps = Dictionary(flow.steps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<StepName> = []
        names = flow.steps.map(\.name).filter { seen.insert($0).inserted }
        let only = names.count == 1 ? names.first : nil
        entry = flow.steps.first(where: \.start)?.name ?? only ?? (seen.contains("start") ? "start" : nil)
        terminal = flow.steps.first(where: \.end)?.name ?? only ?? (seen.contains("end") ? "end" : nil)
        topologicalOrder = Self.order(from: entry, in: steps)
    }

    /// The targets of a step that exist, without a switch's edge to itself: the one cycle that is allowed.
    func targets(of name: StepName) -> [StepName] { Self.targets(of: name, in: steps) }

    /// The steps that have edges to a step.
    func sources(of name: StepName) -> [StepDescription] {
        flow.steps.filter { $0.next?.targets.contains(name) ?? false }
    }

    private static func targets(of name: StepName, in steps: [StepName: StepDescription]) -> [StepName] {
        guard let next = steps[name]?.next else { return [] }
        return next.targets.filter { steps[$0] != nil && !(next.kind == .switch && $0 == name) }
    }

    /// A depth-first walk, last target first, whose completions read backwards.
    private static func order(from entry: StepName?, in steps: [StepName: StepDescription]) -> [StepName] {
        guard let entry else { return [] }
        var completed: [StepName] = []
        var seen: Set<StepName> = [entry]
        var path = [(step: entry, rest: targets(of: entry, in: steps))]
        while let last = path.indices.last {
            guard let target = path[last].rest.popLast() else {
                completed.append(path.removeLast().step)
                continue
            }
            if seen.insert(target).inserted { path.append((target, targets(of: target, in: steps))) }
        }
        return completed.reversed()
    }
}
