import DequeModule
package import FlowModel

/// Decides what runs when. A pure value: see the page of this room.
package struct RunScheduler: Sendable {
    package let graph: FlowGraph
    package let options: SchedulerOptions

    var waiting: Deque<WaitingWork> = []
    /// The same, of steps that run on other machines.
    var waitingElsewhere: Deque<WaitingWork> = []
    var running: [TaskID: RunningTask] = [:]
    var splits: [Int: SplitInstance] = [:]
    /// Parallel steps that run, by the number of their control task.
    var gangs: [Int: Gang] = [:]
    var tally: StepTally
    var failures: [RunFailure] = []
    var lastTask: TaskKey?
    /// The last place in the run's count that a task has.
    var lastNumber = 0
    var lastSplit = 0
    /// Of `maxWorkers`, how many are taken.
    var takenWorkers = 0
    /// Of `maxElsewhere`, how many are taken.
    var takenElsewhere = 0
    var phase = Phase.created

    enum Phase { case created, running, draining, stopping, finished }

    package init(graph: FlowGraph, options: SchedulerOptions = SchedulerOptions()) {
        self.graph = graph
        self.options = options
        tally = StepTally(of: graph)
    }

    /// Takes one event and says what to do. An event about an attempt that is not running, and any event after the
    /// end, changes nothing. What it says to start is running already: events about it may come before the rest of the
    /// effects is done. (Where many may come so, as clones do, better from a queue than each from within the one before.)
    package mutating func handle(_ event: SchedulerEvent) -> [SchedulerEffect] {
        guard phase != .finished else { return [] }
        var effects: [SchedulerEffect] = []
        switch event {
        case .begin: begin()
        case .attemptSucceeded(let key, let outcome): succeeded(key, outcome, &effects)
        case .attemptFailed(let key, let failure): failed(key, failure, &effects)
        case .stopRequested: if phase != .draining { phase = .stopping }
        }
        startWaiting(&effects)
        finishIfIdle(&effects)
        return effects
    }

    /// Whether an attempt that fails so is followed by another one, as far as can be told before it is over.
    package func willRetry(_ key: TaskKey, after failure: AttemptFailure) -> Bool {
        guard phase == .running, failure.mayRetry, let task = running[key.task] else { return false }
        if case .control = task.work { return false }
        return task.attempt + 1 < limits(of: key.step).total
    }

    // MARK: What a progress line shows

    package var runningCount: Int { running.count }
    /// Tasks that could start if there were workers.
    package var waitingCount: Int { tally.waiting }
    /// Places of the run's count that have been given to tasks so far, the one of the parameters not counted.
    package var startedCount: Int { lastNumber }
    /// Whether the run can no longer succeed.
    package var isFailing: Bool { !failures.isEmpty }
    /// How many tasks each step has, in the order of the graph. Costs a little for each step, whatever the number of tasks.
    package var stepCounts: [StepTaskCounts] { tally.counts(of: graph) }
    /// How many entries the scheduler holds: queue, running tasks, and slots of open splits.
    package var storedElements: Int {
        waiting.count + waitingElsewhere.count + running.count + gangs.count
            + splits.values.reduce(0) { $0 + 1 + $1.slots + $1.values.count }
    }
}

// MARK: - Events

extension RunScheduler {
    private mutating func begin() {
        guard phase == .created, let entry = graph[graph.entry] else { return }
        phase = .running
        enqueue(.task(node: entry.index, position: .outermost, parent: .parameters, iteration: 0), tasks: 1)
    }

    private mutating func succeeded(_ key: TaskKey, _ outcome: TaskOutcome, _ effects: inout [SchedulerEffect]) {
        guard let task = take(key) else { return }
        if case .gang = task.work { return nodeSucceeded(task, outcome, &effects) }
        tally.finished(task.node)
        if case .control = task.work { return controlSucceeded(task, key, outcome, &effects) }
        if case .join(_, let split) = task.work { splits[split] = nil }
        goOn(from: task, key, outcome.transition, &effects)
    }

    private mutating func failed(_ key: TaskKey, _ failure: AttemptFailure, _ effects: inout [SchedulerEffect]) {
        let willRetry = willRetry(key, after: failure)
        guard let task = take(key) else { return }
        if case .gang = task.work { return nodeFailed(task, key, failure, &effects) }
        if phase == .stopping {
            tally.failed(task.node)
        } else if willRetry {
            effects.append(.note(.retrying(key, failure: failure)))
            start(task.work, at: task.position, task.number, attempt: task.attempt + 1, &effects)
        } else {
            tally.failed(task.node)
            fail(.task(key, failure), &effects)
        }
    }

    /// Removes the attempt from those that run.
    private mutating func take(_ key: TaskKey) -> RunningTask? {
        guard let task = running[key.task], task.attempt == key.attempt.value,
            graph.nodes[task.node].name == key.step
        else { return nil }
        running[key.task] = nil
        if case .gang = task.work {} else { take(-1, at: task.node) }
        tally.ended(task.node)
        return task
    }

    mutating func fail(_ failure: RunFailure, _ effects: inout [SchedulerEffect]) {
        failures.append(failure)
        guard phase != .stopping else { return }
        phase = .draining
        effects.append(.note(.draining(failure, running: running.count)))
    }

    private mutating func finishIfIdle(_ effects: inout [SchedulerEffect]) {
        guard phase != .created, running.isEmpty, phase != .running || (waiting.isEmpty && waitingElsewhere.isEmpty) else { return }
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
        waitingElsewhere = []
        splits = [:]
        effects.append(.finished(outcome))
    }
}

// MARK: - Moving through the graph

extension RunScheduler {
    /// Follows a task that succeeded to where it went, if its source allows that.
    private mutating func goOn(
        from task: RunningTask, _ key: TaskKey, _ taken: TransitionTaken?, _ effects: inout [SchedulerEffect]
    ) {
        let node = graph.nodes[task.node]
        if let failure = problem(with: taken, of: node, key) { return fail(failure, &effects) }
        switch node.transition {
        case nil: lastTask = key
        case .linear(let target): advance(to: target, from: task, &effects)
        case .switch: if let target = taken?.targets.first { advance(to: target, from: task, &effects) }
        case .split(let targets): split(to: targets, from: task, &effects)
        case .foreach(let target, _):
            guard let node = graph[target] else { return }
            if taken?.unbounded == true {
                let split = open(.unbounded, from: task, slots: 0, variable: taken?.foreach)
                tally.controls(node.index, opened: 1)
                return enqueue(.control(node: node.index, split: split), tasks: 1)
            }
            let count = taken?.splits ?? 0
            effects.append(.note(.foreachYields(key, splits: count)))
            let split = open(
                .items, from: task, slots: count, variable: taken?.foreach, values: taken?.values ?? [])
            enqueue(.siblings(node: node.index, split: split, next: 0), tasks: count)
        case .parallel(let target):
            guard let node = graph[target], let count = taken?.parallel else { return }
            enqueue(.gang(node: node.index, split: open(.nodes, from: task, slots: count)), tasks: count)
        }
    }

    /// What is wrong with where a task went, compared with its source.
    func problem(with taken: TransitionTaken?, of node: GraphNode, _ key: TaskKey) -> RunFailure? {
        guard taken?.follows(node.transition) ?? (node.transition == nil) else {
            return .transitionMismatch(key, step: node.step, expected: node.transition, taken: taken)
        }
        if case .parallel = node.transition {
            let nodes = taken?.parallel ?? 0
            return nodes < 1 ? .tooFewNodes(key, step: node.step, nodes: nodes) : nil
        }
        guard case .foreach = node.transition, taken?.unbounded != true else { return nil }
        guard let count = taken?.splits, count > 0 else { return .noSplits(key, step: node.step) }
        return count > options.maxSplits
            ? .tooManySplits(key, step: node.step, splits: count, limit: options.maxSplits) : nil
    }

    private mutating func advance(to target: StepName, from task: RunningTask, _ effects: inout [SchedulerEffect]) {
        guard let node = graph[target] else { return }
        if node.isJoin {
            arrive(at: node, from: task, position: task.position, &effects)
        } else {
            let iteration = node.index == task.node ? task.work.iteration + 1 : 0
            enqueue(
                .task(node: node.index, position: task.position, parent: task.finished, iteration: iteration), tasks: 1)
        }
    }

    private mutating func split(to targets: [StepName], from task: RunningTask, _ effects: inout [SchedulerEffect]) {
        let split = open(.branches, from: task, slots: targets.count)
        for (branch, target) in targets.enumerated() {
            guard let node = graph[target] else { continue }
            let position = Position(split: split, index: branch)
            if node.isJoin {
                arrive(at: node, from: task, position: position, &effects)
            } else {
                enqueue(.task(node: node.index, position: position, parent: task.finished, iteration: 0), tasks: 1)
            }
        }
    }

    private mutating func open(
        _ kind: SplitInstance.Kind, from task: RunningTask, slots: Int, variable: String? = nil, values: [String] = []
    ) -> Int {
        lastSplit += 1
        splits[lastSplit] = SplitInstance(
            kind, task: task.finished, position: task.position, slots: slots, variable: variable, values: values)
        return lastSplit
    }

    private mutating func arrive(
        at join: GraphNode, from task: RunningTask, position: Position, _ effects: inout [SchedulerEffect]
    ) {
        guard let split = position.split else { return }
        let task = task.finished
        guard splits[split]?.arrive(at: position.index, task, join: join.index) == true else {
            return fail(partedBranches(of: split, task, at: join), &effects)
        }
        if splits[split]?.missing == 0 { enqueue(.join(node: join.index, split: split), tasks: 1) }
    }

    /// Switches may lead the branches of one split to different joins, which then wait for each other.
    private func partedBranches(of split: Int, _ task: FinishedTask, at join: GraphNode) -> RunFailure {
        let parent = parent(task)
        let other = splits[split]?.join.map { graph.nodes[$0].name } ?? join.name
        return .partedBranches(
            TaskKey(step: parent.step, task: parent.task, attempt: parent.attempt), join: join.step, other: other)
    }

    mutating func enqueue(_ work: WaitingWork, tasks: Int) {
        if isElsewhere(work.node) { waitingElsewhere.append(work) } else { waiting.append(work) }
        tally.planned(work.node, tasks: tasks)
    }
}
