package import FlowModel

/// The limits of a run.
package struct SchedulerOptions: Hashable, Sendable {
    /// How many tasks may run at a time; at least 1.
    package var maxWorkers: Int
    /// How many items a foreach may have.
    package var maxSplits: Int
    /// How often a step's task may be tried again; none where it is not named.
    package var retries: [StepName: Int]

    package init(maxWorkers: Int = 16, maxSplits: Int = 100, retries: [StepName: Int] = [:]) {
        self.maxWorkers = maxWorkers
        self.maxSplits = maxSplits
        self.retries = retries
    }
}
