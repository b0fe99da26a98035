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
    /// The steps that have begun or have tasks waiting, in the order in which they began.
    package var steps: [StepCount] = []
    package init() {}
}

/// How the tasks of one step stand. A task is counted in one place: one that will be tried again is running or waiting.
package struct StepCount: Sendable, Equatable {
    package var step: StepName
    package var running = 0
    /// Ended well, clones included.
    package var finished = 0
    /// Failed for good.
    package var failed = 0
    /// Ready to run, but without a worker.
    package var waiting = 0
    /// How many there will be, the above included; `nil` where that is not known yet.
    package var expected: Int?
    /// When the first of its tasks began.
    package var startedAt: ContinuousClock.Instant?
    /// When the last of its tasks ended; `nil` while there is work.
    package var endedAt: ContinuousClock.Instant?

    package init(step: StepName) {
        self.step = step
    }
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
