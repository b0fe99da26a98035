package import Executors
package import FlowModel

/// What happens to an attempt, as far as a person wants to hear of it.
package enum AttemptNews: Sendable {
    /// Its process runs.
    case starting
    /// It printed; the bytes may end in the middle of a line.
    case printed(OutputStream, [UInt8])
    /// Its foreach splits into so many tasks.
    case foreachYields(Int)
    case finished
    /// It failed; the reason is worded when the person's own traceback does not tell it.
    case failed(reason: String?, willRetry: Bool)
}

/// How many tasks there are.
package struct RunStatus: Sendable, Equatable {
    package var running = 0
    package var finished = 0
    package init() {}
}

/// Hears of a run, on the thread that drives it.
package protocol RunObserver: AnyObject {
    func runStarts(_ run: RunID)
    /// - Parameter process: the process id, once there is one.
    func attempt(_ name: AttemptName, process: Int32?, _ news: AttemptNews)
    /// Something about the run as a whole.
    func note(_ text: String)
    func runEnds(_ outcome: RunEnding)
    /// Everything at hand is told; what was held back may be shown now.
    func settle(_ status: RunStatus)
}

/// How a run ended.
package enum RunEnding: Sendable, Equatable {
    case succeeded
    /// The tasks that failed for good.
    case failed([AttemptName])
    /// The person or the system stopped it.
    case stopped(signal: Int32)
}
