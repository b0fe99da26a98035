/// What happened.
package enum SchedulerEvent: Hashable, Sendable {
    /// The parameters are stored; the first step can start.
    case begin
    /// An attempt has ended well and its results are recorded. The transition is `nil` when it called no `self.next`.
    case attemptSucceeded(TaskKey, TransitionTaken?)
    case attemptFailed(TaskKey, AttemptFailure)
    /// Somebody wants the run to end; what runs may finish.
    case stopRequested
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
