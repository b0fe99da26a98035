import Datastore
import Diagnostics
import Executors
import FlowModel
import RunDriver
import WorkerProtocol

/// Does a small job outside of any run that only a worker can do: what it prints goes straight to this process's outputs.
struct WorkerErrand {
    private let job: TaskReply
    private let session: FlowSession
    private let records: RunRecords
    private let onCard: ((CardItem, StoredBlob) throws -> Void)?

    init(_ request: DumpRequest, in session: FlowSession, store: RunRecords) {
        self.init(.dump(request), in: session, records: store)
    }

    /// - Parameter onCard: called with a card that was made, and its page in the store.
    init(
        _ job: TaskReply, in session: FlowSession, records: RunRecords,
        onCard: ((CardItem, StoredBlob) throws -> Void)? = nil
    ) {
        self.job = job
        self.session = session
        self.records = records
        self.onCard = onCard
    }

    /// Does the job and returns the exit code.
    func run() throws -> Int32 {
        let name = AttemptName(step: "_errand", task: .parameters, attempt: 0)
        let errand = HostErrand(job, named: name, pool: session.pool, loop: session.loop, store: records.store)
        errand.onOutput = { [session] stream, bytes, _ in
            let terminal = stream == .standardOutput ? session.output : session.error
            terminal.write(String(decoding: bytes, as: UTF8.self))
        }
        if let onCard { errand.onCard = onCard }
        switch errand.run() {
        case .done(let result):
            // With a traceback the worker has told it itself.
            if let exception = result.exception, exception.traceback == nil {
                throw ErrandError.failed(exception.message)
            }
            return result.ok ? 0 : 1
        case .hostFailed(let failure): throw SessionError.host(failure)
        case .unfinished: throw ErrandError.unfinished
        }
    }
}

/// Why a job was not done.
enum ErrandError: DiagnosticError {
    case unfinished
    /// What the worker says.
    case failed(String)

    var diagnostic: Diagnostic {
        switch self {
        case .unfinished:
            Diagnostic(
                .infrastructure, "the worker ended before its job was done",
                help: "what it said itself, if anything, stands above; try again")
        case .failed(let message):
            Diagnostic(
                .user, message, help: "leave the artifact out with --include, or make its class importable again")
        }
    }
}
