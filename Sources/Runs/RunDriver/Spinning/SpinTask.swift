package import FlowModel
package import Ledger
package import Scheduler

/// A recorded task that is run again by itself, on the inputs that it had (`spin`).
package struct SpinTask: Sendable {
    /// The run that it belongs to.
    package var origin: RunKey
    package var assignment: TaskAssignment
    /// The attempts of the origin that succeeded, by task: of its inputs and of the splits around it.
    package var attempts: [TaskID: AttemptNumber]
    /// A Python file whose values take the place of what it inherits.
    package var overrides: String?

    package init(
        origin: RunKey, assignment: TaskAssignment, attempts: [TaskID: AttemptNumber], overrides: String? = nil
    ) {
        self.origin = origin
        self.assignment = assignment
        self.attempts = attempts
        self.overrides = overrides
    }

    /// The attempt of the origin whose results a task of it has.
    func reference(to task: TaskID) -> AttemptReference {
        AttemptReference(run: origin.run, AttemptKey(task: task, attempt: attempts[task] ?? 0))
    }
}
