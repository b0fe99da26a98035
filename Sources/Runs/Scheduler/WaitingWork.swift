/// An entry of the queue: tasks that could start now. Also what a running task was started from.
enum WaitingWork {
    /// One task, which inherits from one other. The iteration counts where a step goes to itself.
    case task(node: Int, position: Position, parent: FinishedTask, iteration: Int)
    /// The siblings of a foreach from `next` on.
    case siblings(node: Int, split: Int, next: Int)
    /// The join of a split whose branches have all arrived.
    case join(node: Int, split: Int)
    /// The task that says how many siblings there are in an unbounded foreach.
    case control(node: Int, split: Int)
    /// The nodes of a parallel step, all at once.
    case gang(node: Int, split: Int)

    var node: Int {
        switch self {
        case .task(let node, _, _, _), .siblings(let node, _, _), .join(let node, _), .control(let node, _),
            .gang(let node, _):
            node
        }
    }

    /// How often the step has gone to itself before.
    var iteration: Int {
        if case .task(_, _, _, let iteration) = self { iteration } else { 0 }
    }
}

/// A task that runs, with what another attempt at it would need.
struct RunningTask {
    let work: WaitingWork
    let position: Position
    let number: TaskNumber
    let attempt: Int

    var node: Int { work.node }
    var finished: FinishedTask { FinishedTask(number: number, attempt: attempt, node: node) }
}
