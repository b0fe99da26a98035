import DequeModule
import FlowModel

/// Starting what waits, and what a task is told about its place.
extension RunScheduler {
    mutating func startWaiting(_ effects: inout [SchedulerEffect]) {
        while phase == .running, takenWorkers < max(1, options.maxWorkers), let work = waiting.popFirst() {
            startFirst(of: work, &effects)
        }
        while phase == .running, takenElsewhere < max(1, options.maxElsewhere), let work = waitingElsewhere.popFirst() {
            startFirst(of: work, &effects)
        }
    }

    /// Whether the tasks of a step run on other machines.
    func isElsewhere(_ node: Int) -> Bool { options.elsewhere.contains(graph.nodes[node].name) }

    /// Takes places among the workers of a step, or gives them back.
    mutating func take(_ count: Int, at node: Int) {
        if isElsewhere(node) { takenElsewhere += count } else { takenWorkers += count }
    }

    /// Starts one task, or one parallel step; other siblings go back to the head of the queue.
    private mutating func startFirst(of work: WaitingWork, _ effects: inout [SchedulerEffect]) {
        switch work {
        case .task(_, let position, _, _):
            start(work, at: position, nextNumber(), attempt: 0, &effects)
        case .join(_, let split):
            start(work, at: splits[split]?.position ?? .outermost, nextNumber(), attempt: 0, &effects)
        case .control(_, let split):
            start(work, at: Position(split: split, index: -1), nextNumber(), attempt: 0, &effects)
        case .siblings(let node, let split, let index):
            if index + 1 < splits[split]?.slots ?? 0 {
                let rest = WaitingWork.siblings(node: node, split: split, next: index + 1)
                if isElsewhere(node) { waitingElsewhere.prepend(rest) } else { waiting.prepend(rest) }
            }
            let mapper = splits[split]?.control.map { TaskNumber($0, .mapper(Int32(clamping: index))) }
            start(work, at: Position(split: split, index: index), mapper ?? nextNumber(), attempt: 0, &effects)
        case .gang(let node, let split):
            startGang(node: node, split: split, number: Int(nextNumber().count), attempt: 0, &effects)
        }
    }

    private mutating func nextNumber() -> TaskNumber {
        lastNumber += 1
        return TaskNumber(lastNumber)
    }

    mutating func start(
        _ work: WaitingWork, at position: Position, _ number: TaskNumber, attempt: Int,
        parallel: ParallelPlace? = nil, _ effects: inout [SchedulerEffect]
    ) {
        running[number.id] = RunningTask(work: work, position: position, number: number, attempt: attempt)
        if parallel == nil { take(1, at: work.node) }
        tally.started(work.node, isFirst: attempt == 0)
        let step = graph.nodes[work.node]
        let role = role(of: work)
        let limits = role == .control ? .one : limits(of: step.name)
        effects.append(
            .start(
                TaskAssignment(
                    key: TaskKey(step: step.name, task: number.id, attempt: AttemptNumber(attempt)),
                    userAttempts: limits.user, maxAttempts: limits.total, isJoin: step.isJoin,
                    frames: frames(at: position), parents: parents(of: work),
                    iteration: step.isRecursive ? work.iteration : nil, unbounded: role, parallel: parallel)))
    }

    func limits(of step: StepName) -> AttemptLimits { options.attempts[step] ?? .one }

    private func role(of work: WaitingWork) -> UnboundedRole? {
        switch work {
        case .control: .control
        case .siblings(_, let split, _): splits[split]?.kind == .unbounded ? .mapper : nil
        case .task, .join, .gang: nil
        }
    }

    // MARK: Frames

    private func frames(at position: Position) -> [ForeachFrame] {
        var frames: [ForeachFrame] = []
        var position = position
        while let id = position.split, let split = splits[id] {
            if let frame = frame(of: split, at: position.index) { frames.append(frame) }
            position = split.position
        }
        return frames.reversed()
    }

    /// Nothing for a static split.
    private func frame(of split: SplitInstance, at index: Int) -> ForeachFrame? {
        guard split.kind != .branches, let node = split.task.node.map({ graph.nodes[$0] }) else { return nil }
        var variable = ForeachFrame.parallelVariable
        if case .foreach(_, let name) = node.transition { variable = split.variable ?? name }
        return ForeachFrame(
            step: node.name, splitTask: split.task.number.id, splitAttempt: AttemptNumber(Int(split.task.attempt)),
            variable: variable, splits: split.kind == .items ? split.slots : nil, index: index < 0 ? nil : index,
            value: split.values.indices.contains(index) ? split.values[index] : nil)
    }

    // MARK: Parents

    private func parents(of work: WaitingWork) -> [ParentTask] {
        switch work {
        case .task(_, _, let task, _): [parent(task)]
        case .siblings(_, let split, _), .control(_, let split), .gang(_, let split):
            splits[split].map { [parent($0.task)] } ?? []
        case .join(_, let split): splits[split].map { inputs(of: $0) } ?? []
        }
    }

    private func inputs(of split: SplitInstance) -> [ParentTask] {
        split.arrived.map { index, task in parent(task, index: split.kind == .branches ? nil : index) }
    }

    func parent(_ task: FinishedTask, index: Int? = nil) -> ParentTask {
        ParentTask(
            step: task.node.map { graph.nodes[$0].name } ?? .parameters, task: task.number.id,
            attempt: AttemptNumber(Int(task.attempt)), index: index)
    }
}
