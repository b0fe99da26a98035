import FlowModel

/// Tasks that come to be beside a control task: the nodes of a parallel step, the mappers of an unbounded foreach.
extension RunScheduler {
    /// The mappers start once the control task has said how many there are; it is not one of them.
    mutating func controlSucceeded(
        _ task: RunningTask, _ key: TaskKey, _ outcome: TaskOutcome, _ effects: inout [SchedulerEffect]
    ) {
        guard case .control(let node, let split) = task.work, let instance = splits[split] else { return }
        guard let count = outcome.mappers, count > 0 else {
            let step = instance.task.node.map { graph.nodes[$0].step } ?? graph.nodes[node].step
            return fail(.noSplits(key, step: step), &effects)
        }
        tally.controls(node, opened: -1)
        effects.append(.note(.foreachYields(key, splits: count)))
        splits[split]?.open(slots: count, control: Int(task.number.count))
        enqueue(.siblings(node: node, split: split, next: 0), tasks: count)
    }

    mutating func startGang(
        node: Int, split: Int, number: Int, attempt: Int, _ effects: inout [SchedulerEffect]
    ) {
        let gang = Gang(
            node: node, split: split, number: number, nodes: splits[split]?.slots ?? 1, attempt: attempt,
            isFallback: attempt >= limits(of: graph.nodes[node].name).user)
        gangs[number] = gang
        take(1, at: node)
        for index in gang.running.sorted() {
            let place = ParallelPlace(nodes: gang.nodes, index: index, control: TaskID(number: number))
            start(
                .gang(node: node, split: split), at: Position(split: split, index: index), gang.number(of: index),
                attempt: attempt, parallel: place, &effects)
        }
    }

    mutating func nodeSucceeded(_ task: RunningTask, _ outcome: TaskOutcome, _ effects: inout [SchedulerEffect]) {
        let number = Int(task.number.count)
        gangs[number]?.succeeded(task.position.index, outcome)
        if task.position.index == 0, outcome.caughtException { endNodes(of: number, .controlCaught, &effects) }
        concludeIfOver(number, &effects)
    }

    mutating func nodeFailed(
        _ task: RunningTask, _ key: TaskKey, _ failure: AttemptFailure, _ effects: inout [SchedulerEffect]
    ) {
        let number = Int(task.number.count)
        if gangs[number]?.failed(task.position.index, key, failure) == true {
            if let gang = gangs[number], phase != .stopping, !willRetry(gang) {
                gangs[number]?.isTold = true
                fail(.task(key, failure), &effects)
            }
            endNodes(of: number, .nodeFailed, &effects)
        }
        concludeIfOver(number, &effects)
    }

    private func willRetry(_ gang: Gang) -> Bool {
        phase == .running && gang.mayRetry && gang.attempt + 1 < limits(of: graph.nodes[gang.node].name).total
    }

    /// Those that still run are of no use any more.
    private func endNodes(of number: Int, _ reason: EndReason, _ effects: inout [SchedulerEffect]) {
        guard let gang = gangs[number] else { return }
        let step = graph.nodes[gang.node].name
        for index in gang.running.sorted() {
            effects.append(
                .end(TaskKey(step: step, task: gang.number(of: index).id, attempt: AttemptNumber(gang.attempt)), reason))
        }
    }

    private mutating func concludeIfOver(_ number: Int, _ effects: inout [SchedulerEffect]) {
        guard let gang = gangs[number], gang.isOver else { return }
        gangs[number] = nil
        take(-1, at: gang.node)
        guard let (key, failure) = gang.failure else {
            tally.finished(gang.node, tasks: gang.nodes)
            return join(gang, &effects)
        }
        if willRetry(gang) {
            effects.append(.note(.retrying(key, failure: failure)))
            startGang(
                node: gang.node, split: gang.split, number: number, attempt: gang.attempt + 1, &effects)
        } else {
            tally.failed(gang.node, tasks: gang.nodes)
            if phase != .stopping, !gang.isTold { fail(.task(key, failure), &effects) }
        }
    }

    /// All nodes go on as one, to where the control task went: into the join.
    private mutating func join(_ gang: Gang, _ effects: inout [SchedulerEffect]) {
        let node = graph.nodes[gang.node]
        let control = finished(0, of: gang)
        let key = TaskKey(step: node.name, task: control.number.id, attempt: AttemptNumber(gang.attempt))
        if let failure = problem(with: gang.control?.transition, of: node, key) { return fail(failure, &effects) }
        guard let target = node.transition?.targets.first, let join = graph[target] else { return }
        if gang.isControlAlone {
            splits[gang.split]?.arriveAlone(control, join: join.index)
        } else {
            for index in 0..<gang.nodes {
                let node = finished(index, of: gang)
                _ = splits[gang.split]?.arrive(at: index, node, join: join.index)
            }
        }
        enqueue(.join(node: join.index, split: gang.split), tasks: 1)
    }

    private func finished(_ index: Int, of gang: Gang) -> FinishedTask {
        FinishedTask(number: gang.number(of: index), attempt: gang.attempt, node: gang.node)
    }
}
