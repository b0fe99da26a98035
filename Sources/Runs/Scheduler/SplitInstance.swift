import FlowModel

/// Where a task stands among the splits that are open around it.
struct Position {
    /// The innermost split; nothing outside of all.
    let split: Int?
    /// The item or branch of that split.
    let index: Int

    static let outermost = Position(split: nil, index: 0)
}

/// One execution of a split or foreach: what its branches need to know, and the tasks that its join will take.
struct SplitInstance {
    /// The task that split.
    let task: FinishedTask
    /// Where that task stands; the join will stand there again.
    let position: Position
    /// The items of a foreach as texts; fewer than its slots when the worker sent fewer.
    let values: [String]
    private var inputs: [FinishedTask?]
    private(set) var missing: Int

    init(task: FinishedTask, position: Position, slots: Int, values: [String]) {
        self.task = task
        self.position = position
        self.values = values
        inputs = Array(repeating: nil, count: slots)
        missing = slots
    }

    var slots: Int { inputs.count }

    /// Keeps the task that leads from a branch into the join. A branch that came already is not counted again.
    mutating func arrive(at index: Int, _ task: FinishedTask) {
        guard inputs.indices.contains(index), inputs[index] == nil else { return }
        inputs[index] = task
        missing -= 1
    }

    /// The inputs of the join, in the order of items or branches.
    var arrived: [(index: Int, task: FinishedTask)] {
        inputs.enumerated().compactMap { index, task in task.map { (index, $0) } }
    }
}
