package import FlowModel

/// How many tasks a step has.
package struct StepTaskCounts: Hashable, Sendable {
    package let step: StepName
    /// How many it will have by the end of the run; nothing while that cannot be told.
    package let expected: Int?
    package let running: Int
    package let finished: Int
    /// Those that failed and have no attempt left.
    package let failed: Int
    /// Those that could start if there were workers.
    package let waiting: Int
}

/// Counts the tasks of each step while they wait, run and end.
struct StepTally {
    private struct Numbers {
        /// Tasks that have come to be, whatever has become of them.
        var planned = 0
        var waiting = 0
        var running = 0
        var finished = 0
        var failed = 0
        /// Control tasks of unbounded foreaches that have not said how many mappers there are.
        var openControls = 0
    }

    /// Of all steps together.
    private(set) var waiting = 0
    /// By the step's place in the graph.
    private var numbers: [Numbers]

    init(of graph: FlowGraph) { numbers = Array(repeating: Numbers(), count: graph.nodes.count) }

    mutating func planned(_ node: Int, tasks: Int) {
        numbers[node].planned += tasks
        numbers[node].waiting += tasks
        waiting += tasks
    }

    /// An attempt starts; only the first one was waiting.
    mutating func started(_ node: Int, isFirst: Bool) {
        numbers[node].running += 1
        guard isFirst else { return }
        numbers[node].waiting -= 1
        waiting -= 1
    }

    /// An attempt has ended.
    mutating func ended(_ node: Int) { numbers[node].running -= 1 }

    mutating func finished(_ node: Int, tasks: Int = 1) { numbers[node].finished += tasks }

    mutating func failed(_ node: Int, tasks: Int = 1) { numbers[node].failed += tasks }

    /// A control task has come to be, or has said how many mappers there are.
    mutating func controls(_ node: Int, opened change: Int) { numbers[node].openControls += change }

    func counts(of graph: FlowGraph) -> [StepTaskCounts] {
        var expected: [StepName: Int] = [:]
        var settled: Set<StepName> = []
        return graph.nodes.map { node in
            let own = numbers[node.index]
            let isReached = node.isEntry || node.inputs.allSatisfy { settled.contains($0) }
            let isDone = own.planned == own.finished && own.waiting == 0
            if isReached, isDone, own.planned > 0 || !node.isEntry { settled.insert(node.name) }
            expected[node.name] = total(
                of: node, in: graph, isReached: isReached, isSettled: settled.contains(node.name), expected)
            return StepTaskCounts(
                step: node.name, expected: expected[node.name], running: own.running, finished: own.finished,
                failed: own.failed, waiting: own.waiting)
        }
    }

    /// How many tasks a step will have, from how many those before it will have.
    ///
    /// - Parameters:
    ///   - isReached: whether all steps before it are over.
    ///   - isSettled: whether it is over itself.
    private func total(
        of node: GraphNode, in graph: FlowGraph, isReached: Bool, isSettled: Bool, _ known: [StepName: Int]
    ) -> Int? {
        if node.isEntry { return 1 }
        let planned = numbers[node.index].planned
        if isSettled { return planned }
        if node.isRecursive { return nil }
        if isReached { return numbers[node.index].openControls > 0 ? nil : planned }
        if let split = node.joins { return graph[split]?.join == node.name ? known[split] : nil }
        var sum = 0
        for source in node.inputs {
            switch graph[source]?.transition {
            case .linear, .split:
                guard let count = known[source] else { return nil }
                sum += count
            case .foreach, .parallel, .switch, nil: return nil
            }
        }
        return sum
    }
}
