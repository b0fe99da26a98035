import FlowModel

/// Where a task stands among the splits that are open around it.
struct Position {
    /// The innermost split; nothing outside of all.
    let split: Int?
    /// The item, branch or node of that split; -1 for the control task of an unbounded foreach.
    let index: Int

    static let outermost = Position(split: nil, index: 0)
}

/// One execution of a split or foreach: what its branches need to know, and the tasks that its join will take.
struct SplitInstance {
    enum Kind {
        /// The branches of a static split.
        case branches
        /// The items of a foreach.
        case items
        /// The items of a foreach whose number the control task finds out.
        case unbounded
        /// The nodes of a parallel step.
        case nodes
    }

    let kind: Kind
    /// The task that split.
    let task: FinishedTask
    /// Where that task stands; the join will stand there again.
    let position: Position
    /// The variable of a foreach, as the task said it: a decorator around its step may have chosen another one.
    let variable: String?
    /// The items of a foreach as texts; fewer than its slots when the worker sent fewer.
    let values: [String]
    /// The task beside which those of an unbounded foreach are counted.
    private(set) var control: Int?
    /// The join that the branches have arrived at.
    private(set) var join: Int?
    private var inputs: [FinishedTask?]
    private(set) var missing: Int

    init(
        _ kind: Kind, task: FinishedTask, position: Position, slots: Int, variable: String? = nil, values: [String] = []
    ) {
        self.kind = kind
        self.task = task
        self.position = position
        self.variable = variable
        self.values = values
        inputs = Array(repeating: nil, count: slots)
        missing = slots
    }

    var slots: Int { inputs.count }

    /// The items of an unbounded foreach are known: so many, and numbered beside its control task.
    mutating func open(slots: Int, control: Int) {
        self.control = control
        inputs = Array(repeating: nil, count: slots)
        missing = slots
    }

    /// Keeps the task that leads from a branch into the join. A branch that came already is not counted again. False when
    /// another branch has arrived at another join.
    mutating func arrive(at index: Int, _ task: FinishedTask, join: Int) -> Bool {
        if let other = self.join, other != join { return false }
        self.join = join
        guard inputs.indices.contains(index), inputs[index] == nil else { return true }
        inputs[index] = task
        missing -= 1
        return true
    }

    /// Only this task leads into the join.
    mutating func arriveAlone(_ task: FinishedTask, join: Int) {
        self.join = join
        inputs = [task]
        missing = 0
    }

    /// The inputs of the join, in the order of items or branches.
    var arrived: [(index: Int, task: FinishedTask)] {
        inputs.enumerated().compactMap { index, task in task.map { (index, $0) } }
    }
}
