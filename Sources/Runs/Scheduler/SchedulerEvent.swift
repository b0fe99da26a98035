/// What happened.
package enum SchedulerEvent: Hashable, Sendable {
    /// The parameters are stored; the first step can start.
    case begin
    /// An attempt has ended well and its results are recorded.
    case attemptSucceeded(TaskKey, TaskOutcome)
    case attemptFailed(TaskKey, AttemptFailure)
    /// Somebody wants the run to end; what runs may finish.
    case stopRequested
}

/// What an attempt that succeeded leaves for the run to decide by.
package struct TaskOutcome: Hashable, Sendable {
    /// Nothing when it called no `self.next`.
    package let transition: TransitionTaken?
    /// How many items there are, from the control task of an unbounded foreach.
    package let mappers: Int?
    /// Whether `@catch` made a success of an exception.
    package let caughtException: Bool

    package init(transition: TransitionTaken? = nil, mappers: Int? = nil, caughtException: Bool = false) {
        self.transition = transition
        self.mappers = mappers
        self.caughtException = caughtException
    }
}

/// How an attempt failed.
package struct AttemptFailure: Hashable, Sendable {
    /// One sentence without a trailing period.
    package let message: String
    /// Whether another attempt may be made; a task that asks not to be retried may not.
    package let mayRetry: Bool

    package init(_ message: String, mayRetry: Bool = true) {
        self.message = message
        self.mayRetry = mayRetry
    }
}
