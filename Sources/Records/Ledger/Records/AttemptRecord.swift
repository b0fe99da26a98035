package import Datastore

/// A recorded attempt.
package struct AttemptRecord: Sendable, Hashable {
    package var key: AttemptKey
    package var startedAt: WallTime
    package var finishedAt: WallTime?
    package var isSuccessful: Bool
    package var exitStatus: Int32?
    package var transition: String?
    package var exception: String?
    /// Its part of the run's log; open at the end while it runs.
    package var logRange: Range<Int64>

    package init(
        key: AttemptKey, startedAt: WallTime, finishedAt: WallTime? = nil, isSuccessful: Bool = false,
        exitStatus: Int32? = nil, transition: String? = nil, exception: String? = nil, logRange: Range<Int64> = 0..<0
    ) {
        self.key = key
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.isSuccessful = isSuccessful
        self.exitStatus = exitStatus
        self.transition = transition
        self.exception = exception
        self.logRange = logRange
    }
}
