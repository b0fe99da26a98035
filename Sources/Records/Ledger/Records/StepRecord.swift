package import Datastore
package import FlowModel

/// A step of a run that has tasks.
package struct StepRecord: Sendable, Hashable {
    package var name: StepName
    package var createdAt: WallTime
    /// When the last of its tasks ended; `nil` while one has not.
    package var finishedAt: WallTime?
    package var taskCount: Int

    package init(
        name: StepName, createdAt: WallTime, finishedAt: WallTime?, taskCount: Int
    ) {
        self.name = name
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.taskCount = taskCount
    }
}
