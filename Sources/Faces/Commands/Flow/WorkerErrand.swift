import Datastore
import Diagnostics
import Digests
import Executors
import FlowModel
import FoundationEssentials
import Glibc
import Ledger
import WorkerProtocol

/// A small job outside of any run that only a worker can do: what it prints goes straight to this process's outputs.
final class WorkerErrand: WorkerPoolDelegate {
    private let request: DumpRequest
    private let session: FlowSession
    private let records: RunRecords
    private let name = AttemptName(step: "_errand", task: .parameters, attempt: 0)
    private var ending: ProcessEnding?
    private var result: AttemptResult?

    init(_ request: DumpRequest, in session: FlowSession, store: RunRecords) {
        self.request = request
        self.session = session
        records = store
    }

    /// Does the job and returns the exit code.
    func run() throws -> Int32 {
        session.pool.delegate = self
        session.pool.launch(name, on: .launching, environment: [:])
        session.loop.run()
        if case .exited(code: 0) = ending, result?.ok == true { return 0 }
        if result == nil { session.error.writeLine("error: the worker ended before its job was done") }
        return 1
    }

    func host(_ key: HostKey, saidHello hello: HostHello) {}

    func host(_ key: HostKey, failed failure: HostFailure) {
        session.error.write(DiagnosticRenderer(session.error).render(failure))
        session.loop.stop()
    }

    func attempt(_ key: AttemptName, said message: TaskMessage, payload: Data, descriptor: Int32?) {
        if let descriptor { close(descriptor) }
        switch message {
        case .ready: session.pool.send(.dump(request), to: name)
        case .load(let digest): sendBlob(digest)
        case .done(let result): self.result = result
        default: session.pool.send(.refused(message: "this job stores nothing"), to: name)
        }
    }

    func attempt(_ key: AttemptName, wrote bytes: UnsafeRawBufferPointer, to stream: OutputStream) {
        let terminal = stream == .standardOutput ? session.output : session.error
        terminal.write(String(decoding: bytes, as: UTF8.self))
    }

    func attempt(_ key: AttemptName, ended ending: ProcessEnding, exited: Exited?) {
        self.ending = ending
        session.loop.stop()
    }

    private func sendBlob(_ digest: SHA256Digest) {
        do {
            guard let blob = try records.ledger.blob(digest) else {
                return session.pool.send(.refused(message: "the blob \(digest) is not in the store"), to: name)
            }
            if blob.size <= 1 << 20 {
                let content = try records.store.read(blob)
                session.pool.send(.blob(digest: digest, size: blob.size, inDescriptor: false), payload: Data(content), to: name)
            } else {
                session.pool.send(
                    .blob(digest: digest, size: blob.size, inDescriptor: true),
                    descriptor: try records.store.openUnlinked(blob), to: name)
            }
        } catch {
            session.pool.send(.refused(message: DiagnosticRenderer.diagnostic(of: error).headline), to: name)
        }
    }
}
