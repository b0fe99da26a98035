/// An entry of the queue: tasks that could start now.
enum WaitingWork {
    /// One task, which inherits from one other.
    case task(node: Int, position: Position, parent: FinishedTask)
    /// The siblings of a foreach from `next` on.
    case siblings(node: Int, split: Int, next: Int)
    /// The join of a split whose branches have all arrived.
    case join(node: Int, split: Int)
}

/// A task that succeeded: its number, which attempt it was, and the place of its step in the graph. Small, because there
/// may be one for each item of a foreach.
struct FinishedTask {
    let number: Int32
    let attempt: Int16
    private let place: Int32

    init(number: Int, attempt: Int, node: Int?) {
        self.number = Int32(clamping: number)
        self.attempt = Int16(clamping: attempt)
        place = Int32(clamping: node ?? -1)
    }

    /// Nothing for the task of the parameters, whose step is not in the graph.
    var node: Int? { place < 0 ? nil : Int(place) }

    static let parameters = FinishedTask(number: 0, attempt: 0, node: nil)
}

/// A task that runs, with what another attempt at it would need.
struct RunningTask {
    let work: WaitingWork
    let node: Int
    let position: Position
    let number: Int
    let attempt: Int
}

extension RunningTask {
    var finished: FinishedTask { FinishedTask(number: number, attempt: attempt, node: node) }
}
