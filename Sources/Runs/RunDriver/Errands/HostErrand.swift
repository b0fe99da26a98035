package import Datastore
import Digests
package import Executors
package import FoundationEssentials
import Glibc
import Ledger
package import WorkerProtocol

/// A job outside of the graph that only a worker can do: show artifacts, call a hook, make a card.
///
/// It takes over the delegate of the pool while it runs.
package final class HostErrand: WorkerPoolDelegate {
    /// How an errand ended.
    package enum Ending {
        case done(AttemptResult)
        /// The process ended before its job was done.
        case unfinished(ProcessEnding)
        case hostFailed(HostFailure)
    }

    private let job: TaskReply
    private let name: AttemptName
    private let pool: WorkerPool
    private let loop: EventLoop
    private let store: BlobStore
    private var result: AttemptResult?
    private var ending: Ending?
    /// Called with what the process prints.
    package var onOutput: (OutputStream, [UInt8], _ process: Int32?) -> Void = { _, _, _ in }
    /// Called with a card that the process made, and its page in the store.
    package var onCard: (CardItem, StoredBlob) throws -> Void = { _, _ in throw WorkerFault.storesNothing }
    /// Called with facts that the process tells.
    package var onFacts: ([MetadataItem]) throws -> Void = { _ in throw WorkerFault.storesNothing }
    private var process: Int32?

    /// - Parameters:
    ///   - job: what the process is told.
    ///   - name: stands for the process in messages of the pool; another one than any attempt that runs.
    package init(_ job: TaskReply, named name: AttemptName, pool: WorkerPool, loop: EventLoop, store: BlobStore) {
        self.job = job
        self.name = name
        self.pool = pool
        self.loop = loop
        self.store = store
    }

    /// Does the job and waits for its end.
    package func run(on host: HostKey = .launching, environment: [String: String] = [:]) -> Ending {
        let before = pool.delegate
        pool.delegate = self
        pool.launch(name, on: host, environment: environment)
        while ending == nil { loop.run() }
        pool.delegate = before
        return ending ?? .unfinished(.hostLost)
    }

    package func host(_ key: HostKey, saidHello hello: HostHello) {}
    package func host(_ key: HostKey, configured flow: ConfiguredFlow) {}

    package func host(_ key: HostKey, failed failure: HostFailure) {
        ending = .hostFailed(failure)
        loop.stop()
    }

    package func attempt(_ key: AttemptName, said message: TaskMessage, payload: Data, descriptor: Int32?) {
        guard key == name else {
            if let descriptor { close(descriptor) }
            return
        }
        do {
            try receive(message, payload, descriptor)
        } catch {
            pool.send(.refused(message: DiagnosticText(error).sentence), to: name)
        }
    }

    package func attempt(_ key: AttemptName, wrote bytes: UnsafeRawBufferPointer, to stream: OutputStream) {
        if key == name { onOutput(stream, Array(bytes), process) }
    }

    package func attempt(_ key: AttemptName, ended ending: ProcessEnding, exited: Exited?) {
        guard key == name else { return }
        self.ending = result.map { .done($0) } ?? .unfinished(ending)
        loop.stop()
    }

    private func receive(_ message: TaskMessage, _ payload: Data, _ descriptor: Int32?) throws {
        switch message {
        case .ready(let pid):
            process = pid
            pool.send(job, to: name)
        case .load(let digest):
            try sendBlob(digest)
        case .card(let item):
            try onCard(item, try CardPage(item, payload, descriptor).put(into: store))
        case .metadata(let items):
            try onFacts(items)
        case .settle:
            pool.send(.recorded, to: name)
        case .done(let result):
            self.result = result
        default:
            if let descriptor { close(descriptor) }
            throw WorkerFault.storesNothing
        }
    }

    private func sendBlob(_ digest: SHA256Digest) throws {
        guard let blob = store.blob(of: digest) else { throw WorkerFault.unknownBlob(digest) }
        guard blob.size > 1 << 20 else {
            let content = Data(try store.read(blob))
            return pool.send(.blob(digest: digest, size: blob.size, inDescriptor: false), payload: content, to: name)
        }
        pool.send(
            .blob(digest: digest, size: blob.size, inDescriptor: true), descriptor: try store.openUnlinked(blob), to: name)
    }
}
