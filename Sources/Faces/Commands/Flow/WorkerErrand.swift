import Executors
import FlowModel
import RunDriver
import WorkerProtocol

/// Does a small job outside of any run that only a worker can do: what it prints goes straight to this process's outputs.
struct WorkerErrand {
    private let job: TaskReply
    private let session: FlowSession
    private let records: RunRecords

    init(_ request: DumpRequest, in session: FlowSession, store: RunRecords) {
        self.init(.dump(request), in: session, records: store)
    }

    init(_ job: TaskReply, in session: FlowSession, records: RunRecords) {
        self.job = job
        self.session = session
        self.records = records
    }

    /// Does the job and returns the exit code.
    func run() throws -> Int32 {
        let name = AttemptName(step: "_errand", task: .parameters, attempt: 0)
        let errand = HostErrand(job, named: name, pool: session.pool, loop: session.loop, store: records.store)
        errand.onOutput = { [session] stream, bytes, _ in
            let terminal = stream == .standardOutput ? session.output : session.error
            terminal.write(String(decoding: bytes, as: UTF8.self))
        }
        switch errand.run() {
        case .done(let result): return result.ok ? 0 : 1
        case .hostFailed(let failure): throw SessionError.host(failure)
        case .unfinished:
            session.error.writeLine("error: the worker ended before its job was done")
            return 1
        }
    }
}
