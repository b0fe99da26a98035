package import FlowModel

/// The limits of a run.
package struct SchedulerOptions: Hashable, Sendable {
    /// How many tasks may run at a time; at least 1. All nodes of a parallel step count as one.
    package var maxWorkers: Int
    /// How many items a foreach may have.
    package var maxSplits: Int
    /// How many attempts a step's task may have; one where it is not named.
    package var attempts: [StepName: AttemptLimits]
    /// Steps whose tasks run on other machines: they do not count against `maxWorkers`.
    package var elsewhere: Set<StepName> = []
    /// How many of those may run at a time, queued ones included; at least 1.
    package var maxElsewhere = 10_000

    package init(maxWorkers: Int = 16, maxSplits: Int = 100, attempts: [StepName: AttemptLimits] = [:]) {
        self.maxWorkers = maxWorkers
        self.maxSplits = maxSplits
        self.attempts = attempts
    }
}
