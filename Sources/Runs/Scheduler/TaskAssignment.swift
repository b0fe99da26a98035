package import FlowModel

/// What to start: one attempt at one task, with all that its place in the graph decides.
package struct TaskAssignment: Hashable, Sendable {
    package let key: TaskKey
    /// How many attempts run the person's code; at least 1.
    package let userAttempts: Int
    /// How many attempts the task may have; at least `userAttempts`.
    package let maxAttempts: Int
    package let isJoin: Bool
    /// The foreaches around the task, outermost first.
    package let frames: [ForeachFrame]
    /// The task whose artifacts this one inherits; in a join, all its inputs, in the order of the foreach's items or of
    /// the split's branches. The first step's parent is the task of the parameters.
    package let parents: [ParentTask]
    /// How often a step that can go to itself has done so; nothing in other steps.
    package let iteration: Int?
    /// What the task is in an unbounded foreach, when it is the first step of one.
    package let unbounded: UnboundedRole?
    /// Which node of a parallel step it is.
    package let parallel: ParallelPlace?

    package init(
        key: TaskKey, userAttempts: Int = 1, maxAttempts: Int = 1, isJoin: Bool = false, frames: [ForeachFrame] = [],
        parents: [ParentTask], iteration: Int? = nil, unbounded: UnboundedRole? = nil, parallel: ParallelPlace? = nil
    ) {
        self.key = key
        self.userAttempts = userAttempts
        self.maxAttempts = maxAttempts
        self.isJoin = isJoin
        self.frames = frames
        self.parents = parents
        self.iteration = iteration
        self.unbounded = unbounded
        self.parallel = parallel
    }

    package var step: StepName { key.step }
    package var task: TaskID { key.task }
    package var attempt: AttemptNumber { key.attempt }
    /// The place in the innermost foreach.
    package var index: Int? { frames.last?.index }
    /// Whether this attempt follows those that run the person's code: `@catch` finishes the task.
    package var isFallback: Bool { attempt.value >= userAttempts }
}

extension TaskAssignment {
    /// One attempt at a task by itself, outside of any run of the graph.
    package init(
        key: TaskKey, isJoin: Bool, frames: [ForeachFrame], parents: [ParentTask], iteration: Int? = nil
    ) {
        self.init(
            key: key, userAttempts: 1, maxAttempts: 1, isJoin: isJoin, frames: frames, parents: parents,
            iteration: iteration, unbounded: nil, parallel: nil)
    }
}

/// The two kinds of tasks of an unbounded foreach.
package enum UnboundedRole: String, Hashable, Sendable {
    /// Finds out how many items there are.
    case control
    /// Works on one item.
    case mapper
}

/// One node of a parallel step.
package struct ParallelPlace: Hashable, Sendable {
    /// How many there are; at least 1.
    package let nodes: Int
    /// 0 is the control task.
    package let index: Int
    /// The task of node 0.
    package let control: TaskID

    package init(nodes: Int, index: Int, control: TaskID) {
        self.nodes = nodes
        self.index = index
        self.control = control
    }
}

/// A task whose results another one takes.
package struct ParentTask: Hashable, Sendable {
    package let step: StepName
    package let task: TaskID
    /// The attempt that succeeded.
    package let attempt: AttemptNumber
    /// The item of the foreach, or the node of the parallel step, that is being joined; nothing elsewhere.
    package let index: Int?

    package init(step: StepName, task: TaskID, attempt: AttemptNumber = 0, index: Int? = nil) {
        self.step = step
        self.task = task
        self.attempt = attempt
        self.index = index
    }
}

/// One level of the foreach stack.
package struct ForeachFrame: Hashable, Sendable {
    /// The variable of a parallel step's frame.
    package static let parallelVariable = "_parallel_ubf_iter"

    /// The step that splits.
    package let step: StepName
    /// The task of that step, whose artifact `variable` holds the items.
    package let splitTask: TaskID
    /// The attempt at that task that succeeded.
    package let splitAttempt: AttemptNumber
    package let variable: String
    /// Nothing in an unbounded foreach and in a parallel step.
    package let splits: Int?
    /// Nothing in the control task of an unbounded foreach.
    package let index: Int?
    /// The item as a short text, as the split's worker wrote it.
    package let value: String?

    package init(
        step: StepName, splitTask: TaskID, splitAttempt: AttemptNumber = 0, variable: String, splits: Int?,
        index: Int?, value: String? = nil
    ) {
        self.step = step
        self.splitTask = splitTask
        self.splitAttempt = splitAttempt
        self.variable = variable
        self.splits = splits
        self.index = index
        self.value = value
    }
}
