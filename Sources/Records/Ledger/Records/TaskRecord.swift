package import Datastore
package import FlowModel

/// A recorded task.
package struct TaskRecord: Sendable, Hashable {
    package var task: TaskID
    package var step: StepName
    package var createdAt: WallTime
    /// When the last attempt that is over ended.
    package var finishedAt: WallTime?
    /// The newest attempt that began.
    package var attempt: AttemptNumber?
    /// The newest attempt that is over.
    package var doneAttempt: AttemptNumber?
    /// Whether `doneAttempt` succeeded.
    package var isSuccessful: Bool
    /// Whether that is so only since `@catch` took an exception.
    package var isCaught: Bool
    package var index: Int?
    /// The foreach stack as JSON; empty outside of a foreach.
    package var frames: String
    package var inputs: [TaskID]
    package var origin: TaskOrigin?
    /// The round of a step that goes to itself.
    package var iteration: Int?
    /// Whether it stands for a task of another run and did not run itself.
    package var isClone: Bool

    package var isFinished: Bool { doneAttempt != nil && doneAttempt == attempt }

    package init(
        task: TaskID, step: StepName, createdAt: WallTime, finishedAt: WallTime? = nil, attempt: AttemptNumber? = nil,
        doneAttempt: AttemptNumber? = nil, isSuccessful: Bool = false, isCaught: Bool = false, index: Int? = nil,
        frames: String = "", inputs: [TaskID] = [], origin: TaskOrigin? = nil, iteration: Int? = nil, isClone: Bool = false
    ) {
        self.task = task
        self.step = step
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.attempt = attempt
        self.doneAttempt = doneAttempt
        self.isSuccessful = isSuccessful
        self.isCaught = isCaught
        self.index = index
        self.frames = frames
        self.inputs = inputs
        self.origin = origin
        self.iteration = iteration
        self.isClone = isClone
    }
}

/// A task of another run of the same flow.
package struct TaskOrigin: Sendable, Hashable, Codable {
    package var run: RunID
    package var task: TaskID

    package init(run: RunID, task: TaskID) {
        self.run = run
        self.task = task
    }
}
