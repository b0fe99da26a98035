/// Notices a server that keeps a connection alive with a few bytes now and then.
struct Pace {
    /// A body that comes slower than this, in bytes a second, is as good as none.
    private static let least = 64

    private let window: Duration
    private var start = ContinuousClock.now
    private var count = 0

    /// - Parameter window: over how long the pace is measured.
    init(window: Duration) { self.window = window }

    /// - Throws: a failure that another attempt may mend.
    mutating func advance(_ bytes: Int) throws(AttemptFailure) {
        count += bytes
        // The clock is asked now and then only: large bodies come in many parts.
        guard count < Self.enough(for: window) else {
            count = 0
            start = .now
            return
        }
        guard ContinuousClock.now - start >= window else { return }
        throw .passing(.network("the server sends less than \(Self.least) bytes a second"), after: nil)
    }

    private static func enough(for window: Duration) -> Int { max(1, Int(window.components.seconds)) * least }
}
