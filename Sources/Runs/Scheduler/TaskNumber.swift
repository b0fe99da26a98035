import FlowModel

/// Names a task in little space: there may be one for each item of a foreach.
struct TaskNumber: Hashable {
    /// What stands beside the place in the run's count.
    enum Part: Hashable {
        case whole
        /// A mapper of an unbounded foreach; the count is that of the control task.
        case mapper(Int32)
        /// A node of a parallel step, from 1; the count is that of node 0.
        case node(Int32)
    }

    let count: Int32
    let part: Part

    init(_ count: Int, _ part: Part = .whole) {
        self.count = Int32(clamping: count)
        self.part = part
    }

    var id: TaskID {
        switch part {
        case .whole: TaskID(number: Int(count))
        case .mapper(let index): TaskID(mapper: Int(index), of: Int(count))
        case .node(let index): TaskID(node: Int(index), of: Int(count))
        }
    }
}

/// A task that succeeded: which one, which attempt it was, and the place of its step in the graph.
struct FinishedTask {
    let number: TaskNumber
    let attempt: Int16
    private let place: Int32

    init(number: TaskNumber, attempt: Int, node: Int?) {
        self.number = number
        self.attempt = Int16(clamping: attempt)
        place = Int32(clamping: node ?? -1)
    }

    /// Nothing for the task of the parameters, whose step is not in the graph.
    var node: Int? { place < 0 ? nil : Int(place) }

    static let parameters = FinishedTask(number: TaskNumber(0), attempt: 0, node: nil)
}
