/// An entry of the queue: tasks that could start now.
enum WaitingWork {
    /// One task, which inherits from one other.
    case task(node: Int, position: Position, parent: Parent)
    /// The siblings of a foreach from `next` on.
    case siblings(node: Int, split: Int, next: Int)
    /// The join of a split whose branches have all arrived.
    case join(node: Int, split: Int)
}

/// A task by its number, and its step by its place in the graph; the task of the parameters has no place.
struct Parent {
    let node: Int?
    let task: Int
}

/// A task that runs, with what another attempt at it would need.
struct RunningTask {
    let work: WaitingWork
    let node: Int
    let position: Position
    let number: Int
    let attempt: Int
}
