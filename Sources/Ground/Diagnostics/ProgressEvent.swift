/// A stretch of work that a person may wait for.
public enum ProgressPhase: String, Sendable, Hashable, CaseIterable {
    case fetching, resolving, downloading, unpacking, linking, packaging, compiling, verifying, storing
}

/// What a library tells about its work while it goes on.
public enum ProgressEvent: Sendable {
    /// Work begins; `total` is the number of items where it is known.
    case began(ProgressPhase, total: Int?)
    /// So many bytes are to come in a phase that has begun.
    case expected(ProgressPhase, bytes: Int64)
    /// So many items and bytes more are done.
    case advanced(ProgressPhase, items: Int, bytes: Int64)
    /// Work has ended, with its totals.
    case ended(ProgressPhase, items: Int, bytes: Int64)
    /// Something a person wants to know once.
    case note(String)
    /// Something a person should know and may want to change.
    case warning(String)
}

/// Receives progress from any thread.
public typealias ProgressSink = @Sendable (ProgressEvent) -> Void
