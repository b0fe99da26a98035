/// What to do, in this order.
package enum SchedulerEffect: Hashable, Sendable {
    case start(TaskAssignment)
    case note(SchedulerNote)
    /// Nothing runs any more, and nothing will. The last effect of a run.
    case finished(RunOutcome)
}

/// Something worth telling the person.
package enum SchedulerNote: Hashable, Sendable {
    /// A foreach begins, with so many items.
    case foreachYields(TaskKey, splits: Int)
    /// The attempt failed, and another one starts.
    case retrying(TaskKey, failure: AttemptFailure)
    /// The run cannot succeed any more; nothing new starts, and so many tasks are still running.
    case draining(RunFailure, running: Int)
}
