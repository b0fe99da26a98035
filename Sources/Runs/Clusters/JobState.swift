/// What a cluster knows of a job.
package enum JobState: Hashable, Sendable {
    /// It waits; the reason is the cluster's own word, as `Resources` or `Unschedulable: 0/2 nodes are available`.
    case pending(reason: String?)
    case running(node: String?)
    case ended(JobEnding)
    /// The cluster does not know it (any more).
    case unknown

    package var isOver: Bool {
        switch self {
        case .ended: true
        case .pending, .running, .unknown: false
        }
    }
}

/// How a job ended, as its cluster sees it.
package struct JobEnding: Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// Its program ended with code 0.
        case completed
        case exited(code: Int32)
        case signalled(Int32)
        case outOfMemory
        case timeLimit
        case preempted
        case nodeFailed
        case cancelled
        /// Thrown off its node, as for want of disk.
        case evicted
        /// It never started: an image that cannot be pulled, a request that no node can satisfy.
        case notStarted
    }

    package var cause: Cause
    package var node: String?
    /// The cluster's own words, where they say more than the cause.
    package var message: String?

    package init(_ cause: Cause, node: String? = nil, message: String? = nil) {
        self.cause = cause
        self.node = node
        self.message = message
    }
}
