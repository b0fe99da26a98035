package import Datastore
package import FlowModel

/// Where a run stands.
package enum RunState: String, Sendable, Hashable, Codable {
    /// Its engine is alive.
    case running
    case succeeded
    case failed
    /// Its engine died before the end was recorded.
    case abandoned
}

/// A recorded run.
package struct RunRecord: Sendable, Hashable {
    package var key: RunKey
    package var createdAt: WallTime
    package var finishedAt: WallTime?
    package var state: RunState
    package var username: String
    /// Sorted.
    package var userTags: [String]
    /// Sorted.
    package var systemTags: [String]
    package var originRun: RunID?
    /// The step and the task at the end, when it was reached.
    package var end: TaskPlace?
    /// Whether the task at the end succeeded only since `@catch` took an exception.
    package var endIsCaught: Bool
    package var kind: RunKind
    /// The run's configs as JSON, where it has any.
    package var configuration: String?

    package var isFinished: Bool { finishedAt != nil }
    package var isSuccessful: Bool { state == .succeeded }

    package init(
        key: RunKey, createdAt: WallTime, finishedAt: WallTime? = nil, state: RunState, username: String,
        userTags: [String] = [], systemTags: [String] = [], originRun: RunID? = nil, end: TaskPlace? = nil,
        endIsCaught: Bool = false, kind: RunKind = .ordinary, configuration: String? = nil
    ) {
        self.key = key
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.state = state
        self.username = username
        self.userTags = userTags
        self.systemTags = systemTags
        self.originRun = originRun
        self.end = end
        self.endIsCaught = endIsCaught
        self.kind = kind
        self.configuration = configuration
    }
}

/// A task with its step, as a pathspec needs both.
package struct TaskPlace: Sendable, Hashable {
    package var step: StepName
    package var task: TaskID

    package init(
        step: StepName, task: TaskID
    ) {
        self.step = step
        self.task = task
    }
}
