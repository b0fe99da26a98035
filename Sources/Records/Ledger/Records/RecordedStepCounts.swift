package import Datastore
package import FlowModel

/// How the tasks of a step stand, by their newest attempts.
package struct RecordedStepCounts: Sendable, Hashable {
    package var step: StepName
    package var startedAt: WallTime
    /// When the last attempt that is over ended.
    package var finishedAt: WallTime?
    package var tasks: Int
    package var succeeded: Int
    package var failed: Int

    /// Those whose newest attempt has no end: they run, or their engine died.
    package var open: Int { tasks - succeeded - failed }

    package init(
        step: StepName, startedAt: WallTime, finishedAt: WallTime? = nil, tasks: Int, succeeded: Int, failed: Int
    ) {
        self.step = step
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.tasks = tasks
        self.succeeded = succeeded
        self.failed = failed
    }
}
