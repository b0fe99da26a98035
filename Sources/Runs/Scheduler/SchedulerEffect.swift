/// What to do, in this order.
package enum SchedulerEffect: Hashable, Sendable {
    case start(TaskAssignment)
    /// The attempt is of no use any more: end its process. It is still running until an event says how it ended; it may
    /// also have ended already.
    case end(TaskKey, EndReason)
    case note(SchedulerNote)
    /// Nothing runs any more, and nothing will. The last effect of a run.
    case finished(RunOutcome)
}

/// Why an attempt that runs is to end.
package enum EndReason: Hashable, Sendable {
    /// Another node of its parallel step has failed, and all will be tried again or none.
    case nodeFailed
    /// The control task of its parallel step has caught an exception. The others may come to their end by themselves, but
    /// one that waits for it would wait for ever.
    case controlCaught
}

/// Something worth telling the person.
package enum SchedulerNote: Hashable, Sendable {
    /// A foreach begins, with so many items. Of an unbounded one, the key is that of its control task.
    case foreachYields(TaskKey, splits: Int)
    /// The attempt failed, and another one starts.
    case retrying(TaskKey, failure: AttemptFailure)
    /// The run cannot succeed any more; nothing new starts, and so many tasks are still running.
    case draining(RunFailure, running: Int)
}
