import Datastore
import Executors
import FlowModel
import Ledger
import Scheduler
import WorkerProtocol

/// An attempt between its launch and its last word.
struct RunningAttempt {
    /// What the scheduler wants; absent for the run's parameters.
    var assignment: TaskAssignment?
    var process: Int32?
    /// The attempt whose artifacts it has beside its own.
    var inherits: AttemptReference?
    /// Its own artifacts that are in the store.
    var artifacts: [ArtifactEntry] = []
    var blobs: [StoredBlob] = []
    /// Artifacts that are on their way into the store.
    var pendingStores = 0
    var result: AttemptResult?
    var ending: ProcessEnding?
    var exited: Exited?
    /// Why it must fail, whatever the worker says.
    var failure: String?
    /// Why the engine ended its process, where it did.
    var endedBecause: String?
    /// How it ended, once that is recorded; its process may go on to render cards.
    var recorded: AttemptVerdict?
    /// Ends a process that outlives the time its step may take.
    var deadline: EventLoop.Timer?
    /// Whether the system ended its process for want of memory.
    var wasOutOfMemory = false
    /// Bytes in the log.
    var logged: Int64 = 0
    /// Bytes that come again, since an engine that is gone had put them into the log.
    var repeated: [LogStream: Int64] = [:]

    /// True when nothing more can happen to it.
    var isOver: Bool { ending != nil && pendingStores == 0 }

    /// True when its result can be recorded although its process goes on.
    var awaitsRecord: Bool { result?.cards == true && recorded == nil && pendingStores == 0 && ending == nil }

    /// How it ended, as far as is known now.
    var verdict: AttemptVerdict {
        if let recorded { return recorded }
        if let endedBecause, result == nil { return .failed(reason: endedBecause) }
        return reasonForFailure.map { .failed(reason: $0) } ?? .succeeded
    }

    /// Whether its failure may be made good by another attempt.
    var mayRetry: Bool {
        if case .exited(code: Self.codeAgainstRetries) = ending { return false }
        return result?.noRetry != true
    }

    /// A process that exits with this code is not to be tried again.
    static let codeAgainstRetries: Int32 = 202

    /// Why the attempt did not succeed; `nil` when it did.
    ///
    /// A reason is empty when the person's traceback on standard error has told it already.
    var reasonForFailure: String? {
        if let failure { return failure }
        if ending == nil, let result { return result.ok ? nil : "" }
        switch ending {
        case .exited(code: 0):
            guard let result else { return "The process ended without a result." }
            return result.ok ? nil : ""
        case .exited(let code):
            return result.map { _ in "" } ?? "The process exited with code \(code) before the step was over."
        case .signalled(let number):
            return SignalText(number, outOfMemory: wasOutOfMemory).sentence
        case .hostLost: return "Its worker host ended; the process was killed."
        case .notStarted(let reason): return "No process could be started: \(reason)"
        case .protocolBroken(let reason): return "Its process broke the worker protocol: \(reason)"
        case nil: return "The process has not ended."
        }
    }

    /// The exit code of its process, or minus the signal that ended it.
    var exitStatus: Int32? {
        switch ending {
        case .exited(let code): code
        case .signalled(let number): -number
        default: nil
        }
    }
}

/// How an attempt ended.
enum AttemptVerdict: Equatable {
    case succeeded
    /// A reason is empty when the person's traceback on standard error has told it already.
    case failed(reason: String)
}
