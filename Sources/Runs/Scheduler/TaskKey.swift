package import FlowModel

/// One attempt at one task of the run.
package struct TaskKey: Hashable, Sendable, CustomStringConvertible {
    package let step: StepName
    package let task: TaskID
    package let attempt: AttemptNumber

    package init(step: StepName, task: TaskID, attempt: AttemptNumber = 0) {
        self.step = step
        self.task = task
        self.attempt = attempt
    }

    /// `step/task`, and which attempt where it is not the first.
    package var description: String {
        attempt == 0 ? "\(step)/\(task)" : "\(step)/\(task) (attempt \(attempt.value + 1))"
    }
}
