import DequeModule
package import FlowModel

/// Decides what runs when. A pure value: see the page of this room.
package struct RunScheduler: Sendable {
    package let graph: FlowGraph
    package let options: SchedulerOptions

    private var waiting: Deque<WaitingWork> = []
    private var running: [TaskID: RunningTask] = [:]
    private var splits: [Int: SplitInstance] = [:]
    private var failures: [RunFailure] = []
    private var lastTask: TaskKey?
    private var lastNumber = 0
    private var phase = Phase.created

    private enum Phase { case created, running, draining, stopping, finished }

    package init(graph: FlowGraph, options: SchedulerOptions = SchedulerOptions()) {
        self.graph = graph
        self.options = options
    }

    /// Takes one event and says what to do. An event about an attempt that is not running, and any event after the
    /// end, changes nothing.
    package mutating func handle(_ event: SchedulerEvent) -> [SchedulerEffect] {
        guard phase != .finished else { return [] }
        var effects: [SchedulerEffect] = []
        switch event {
        case .begin: begin()
        case .attemptSucceeded(let key, let taken): succeeded(key, taken, &effects)
        case .attemptFailed(let key, let failure): failed(key, failure, &effects)
        case .stopRequested: if phase != .draining { phase = .stopping }
        }
        startWaiting(&effects)
        finishIfIdle(&effects)
        return effects
    }

    // MARK: What a progress line shows

    package var runningCount: Int { running.count }
    /// Tasks that could start if there were workers.
    package var waitingCount: Int { waiting.reduce(0) { $0 + taskCount(of: $1) } }
    /// Tasks that have been started so far, the one of the parameters not counted.
    package var startedCount: Int { lastNumber }
    /// Whether the run can no longer succeed.
    package var isFailing: Bool { !failures.isEmpty }
    /// How many entries the scheduler holds: queue, running tasks, and slots of open splits.
    package var storedElements: Int {
        waiting.count + running.count + splits.values.reduce(0) { $0 + 1 + $1.slots + $1.values.count }
    }
}

// MARK: - Events

extension RunScheduler {
    private mutating func begin() {
        guard phase == .created, let entry = graph[graph.entry] else { return }
        phase = .running
        waiting.append(.task(node: entry.index, position: .outermost, parent: .parameters))
    }

    private mutating func succeeded(_ key: TaskKey, _ taken: TransitionTaken?, _ effects: inout [SchedulerEffect]) {
        guard let task = take(key) else { return }
        if case .join(_, let split) = task.work { splits[split] = nil }
        let node = graph.nodes[task.node]
        if let failure = problem(with: taken, of: node, key) {
            fail(failure, &effects)
            return
        }
        switch node.transition {
        case nil: lastTask = key
        case .linear(let target): advance(to: target, from: task)
        case .split(let targets): split(to: targets, from: task)
        case .foreach(let target, _):
            let count = taken?.splits ?? 0
            effects.append(.note(.foreachYields(key, splits: count)))
            foreach(to: target, from: task, count: count, values: taken?.values ?? [])
        }
    }

    private mutating func failed(_ key: TaskKey, _ failure: AttemptFailure, _ effects: inout [SchedulerEffect]) {
        guard let task = take(key) else { return }
        if phase == .stopping { return }
        if phase == .running, failure.mayRetry, task.attempt < retries(of: key.step) {
            effects.append(.note(.retrying(key, failure: failure)))
            start(
                task.work, node: task.node, position: task.position, number: task.number, attempt: task.attempt + 1,
                &effects)
        } else {
            fail(.task(key, failure), &effects)
        }
    }

    /// Removes the attempt from those that run.
    private mutating func take(_ key: TaskKey) -> RunningTask? {
        guard let task = running[key.task], task.attempt == key.attempt.value,
            graph.nodes[task.node].name == key.step
        else { return nil }
        running[key.task] = nil
        return task
    }

    private mutating func fail(_ failure: RunFailure, _ effects: inout [SchedulerEffect]) {
        failures.append(failure)
        guard phase != .stopping else { return }
        phase = .draining
        effects.append(.note(.draining(failure, running: running.count)))
    }

    /// What is wrong with where a task went, compared with its source.
    private func problem(with taken: TransitionTaken?, of node: GraphNode, _ key: TaskKey) -> RunFailure? {
        let expected = node.transition.map { TransitionTaken($0) }
        guard taken?.targets == expected?.targets, taken?.foreach == expected?.foreach else {
            return .transitionMismatch(key, step: node.step, expected: node.transition, taken: taken)
        }
        guard case .foreach = node.transition else { return nil }
        guard let count = taken?.splits, count > 0 else { return .noSplits(key, step: node.step) }
        return count > options.maxSplits
            ? .tooManySplits(key, step: node.step, splits: count, limit: options.maxSplits) : nil
    }
}

// MARK: - Moving through the graph

extension RunScheduler {
    private mutating func advance(to target: StepName, from task: RunningTask) {
        guard let node = graph[target] else { return }
        if node.isJoin {
            arrive(at: node, from: task)
        } else {
            waiting.append(.task(node: node.index, position: task.position, parent: task.finished))
        }
    }

    private mutating func split(to targets: [StepName], from task: RunningTask) {
        let id = task.number
        splits[id] = SplitInstance(
            task: task.finished, position: task.position, slots: targets.count, values: [])
        for (branch, target) in targets.enumerated() {
            guard let node = graph[target] else { continue }
            let position = Position(split: id, index: branch)
            if node.isJoin {
                arrive(at: node, from: task, position: position)
            } else {
                waiting.append(.task(node: node.index, position: position, parent: task.finished))
            }
        }
    }

    private mutating func foreach(to target: StepName, from task: RunningTask, count: Int, values: [String]) {
        guard let node = graph[target] else { return }
        splits[task.number] = SplitInstance(
            task: task.finished, position: task.position, slots: count, values: values)
        waiting.append(.siblings(node: node.index, split: task.number, next: 0))
    }

    private mutating func arrive(at join: GraphNode, from task: RunningTask, position: Position? = nil) {
        let position = position ?? task.position
        guard let split = position.split else { return }
        splits[split]?.arrive(at: position.index, task.finished)
        if splits[split]?.missing == 0 { waiting.append(.join(node: join.index, split: split)) }
    }
}

// MARK: - Starting

extension RunScheduler {
    private mutating func startWaiting(_ effects: inout [SchedulerEffect]) {
        while phase == .running, running.count < max(1, options.maxWorkers), let work = nextWork() {
            lastNumber += 1
            start(work.work, node: work.node, position: work.position, number: lastNumber, attempt: 0, &effects)
        }
    }

    /// Takes one task from the head of the queue.
    private mutating func nextWork() -> (work: WaitingWork, node: Int, position: Position)? {
        guard let head = waiting.popFirst() else { return nil }
        switch head {
        case .task(let node, let position, _):
            return (head, node, position)
        case .join(let node, let split):
            return (head, node, splits[split]?.position ?? .outermost)
        case .siblings(let node, let split, let index):
            let slots = splits[split]?.slots ?? 0
            if index + 1 < slots { waiting.prepend(.siblings(node: node, split: split, next: index + 1)) }
            return (head, node, Position(split: split, index: index))
        }
    }

    private mutating func start(
        _ work: WaitingWork, node: Int, position: Position, number: Int, attempt: Int,
        _ effects: inout [SchedulerEffect]
    ) {
        let task = TaskID(number: number)
        running[task] = RunningTask(work: work, node: node, position: position, number: number, attempt: attempt)
        let step = graph.nodes[node]
        effects.append(
            .start(
                TaskAssignment(
                    key: TaskKey(step: step.name, task: task, attempt: AttemptNumber(attempt)),
                    maxAttempts: retries(of: step.name) + 1, isJoin: step.isJoin, frames: frames(at: position),
                    parents: parents(of: work))))
    }

    private func retries(of step: StepName) -> Int { max(0, options.retries[step] ?? 0) }

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
        guard let node = split.task.node.map({ graph.nodes[$0] }), case .foreach(_, let variable) = node.transition
        else { return nil }
        return ForeachFrame(
            step: node.name, splitTask: TaskID(number: Int(split.task.number)),
            splitAttempt: AttemptNumber(Int(split.task.attempt)), variable: variable, splits: split.slots,
            index: index, value: split.values.indices.contains(index) ? split.values[index] : nil)
    }

    private func parents(of work: WaitingWork) -> [ParentTask] {
        switch work {
        case .task(_, _, let task): [parent(task)]
        case .siblings(_, let split, _): splits[split].map { [parent($0.task)] } ?? []
        case .join(_, let split): splits[split].map { inputs(of: $0) } ?? []
        }
    }

    private func inputs(of split: SplitInstance) -> [ParentTask] {
        let isForeach = frame(of: split, at: 0) != nil
        return split.arrived.map { index, task in parent(task, index: isForeach ? index : nil) }
    }

    private func parent(_ task: FinishedTask, index: Int? = nil) -> ParentTask {
        ParentTask(
            step: task.node.map { graph.nodes[$0].name } ?? .parameters, task: TaskID(number: Int(task.number)),
            attempt: AttemptNumber(Int(task.attempt)), index: index)
    }
}

// MARK: - The end

extension RunScheduler {
    private mutating func finishIfIdle(_ effects: inout [SchedulerEffect]) {
        guard phase != .created, running.isEmpty, phase != .running || waiting.isEmpty else { return }
        let outcome: RunOutcome
        if !failures.isEmpty {
            outcome = .failed(failures)
        } else if let lastTask {
            outcome = .succeeded(lastTask)
        } else {
            outcome = .stopped
        }
        phase = .finished
        waiting = []
        splits = [:]
        effects.append(.finished(outcome))
    }

    private func taskCount(of work: WaitingWork) -> Int {
        if case .siblings(_, let split, let next) = work { return (splits[split]?.slots ?? 0) - next }
        return 1
    }
}
