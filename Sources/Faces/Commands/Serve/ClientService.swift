import Datastore
import Diagnostics
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import MetaflowStore
import Remotes
import SystemPackage
import WorkerProtocol

/// Answers a client's questions about the runs of one store.
final class ClientService {
    /// Blobs above this size, in bytes, go as descriptors where the channel can pass them.
    static let inlineLimit: Int64 = 1 << 20

    /// Bytes of values that come along with a list of artifacts, together.
    static let payloadLimit = 16 << 20

    let location: StoreLocation
    /// Which runs are listed.
    private let kind: RunKind
    private let remote: RemoteStore?
    private let metaflow: MetaflowHistory?
    private var opened: RunRecords?
    private var refreshes = ClientRefreshes()

    /// - Parameters:
    ///   - remote: what stands there is seen as well.
    ///   - metaflow: the runs of a folder that are seen as well.
    init(
        location: StoreLocation, kind: RunKind = .ordinary, remote: RemoteStore? = nil, metaflow: MetaflowFolder? = nil
    ) {
        self.metaflow = kind == .ordinary ? metaflow.map { MetaflowHistory($0) } : nil
        self.location = location
        self.kind = kind
        self.remote = remote
    }

    /// The answer to any frame; a failure is an answer too.
    func answer(_ frame: Frame) throws -> ClientChannel.Message {
        var id: Int?
        do {
            let request = try frame.message(ClientRequest.self)
            id = request.id
            return try answer(request)
        } catch {
            let diagnostic = DiagnosticRenderer.diagnostic(of: error)
            id = id ?? (try? frame.message(RequestNumber.self))?.id
            return try message(Answer(type: "error", id: id, message: diagnostic.headline))
        }
    }

    private func answer(_ request: ClientRequest) throws -> ClientChannel.Message {
        if let records = try records() { try refreshes.refresh(records, for: request) }
        if let answer = try metaflowAnswer(request) { return answer }
        switch request.type {
        case .hello: return try hello(request)
        case .object: return try object(request)
        case .children: return try children(request)
        case .artifacts: return try artifacts(request)
        case .metadata: return try metadata(request)
        case .blob: return try blob(request)
        case .log: return try log(request)
        case .code: return try code(request)
        case .tags: return try tags(request)
        case .cards: return try cards(request)
        case .neighbours: return try neighbours(request)
        }
    }

    /// The answer to a question about what only Metaflow keeps; `nil` for all others.
    private func metaflowAnswer(_ request: ClientRequest) throws -> ClientChannel.Message? {
        guard let metaflow, let path = request.path, path.count >= 2,
            try records()?.ledger.contains(RunKey(flow: FlowName(path[0]), run: RunID(path[1]))) != true
        else { return nil }
        return try MetaflowAnswers(history: metaflow).answer(request)
    }

    /// All runs that are seen.
    private func history() throws -> RunHistories {
        RunHistories(try records(), metaflow)
    }

    // MARK: The store

    /// The ledger and the blobs; `nil` while nothing was ever run here.
    func store() throws -> (ledger: RunLedger, store: BlobStore)? {
        try records().map { ($0.ledger, $0.store) }
    }

    /// The records; `nil` while nothing was ever run here.
    func records() throws -> RunRecords? {
        if opened == nil { opened = try RunRecords.existing(at: location, remote: remote) }
        return opened
    }

    private func taskKey(_ path: [String]) throws -> TaskKey {
        guard path.count == 4 else { throw ClientFault.wrongDepth(path) }
        return TaskKey(run: RunKey(flow: FlowName(path[0]), run: RunID(path[1])), task: TaskID(path[3]))
    }

    func task(_ path: [String], in ledger: RunLedger) throws -> (TaskKey, TaskRecord)? {
        let key = try taskKey(path)
        guard let record = try ledger.task(key), record.step.text == path[2] else { return nil }
        return (key, record)
    }

    // MARK: Answers

    func message(
        _ answer: some Encodable, payload: Data = Data(), descriptor: Int32? = nil
    ) throws -> ClientChannel.Message {
        ClientChannel.Message(frame: try Frame(answer, payload: payload), descriptor: descriptor)
    }

    func missing(_ request: ClientRequest) throws -> ClientChannel.Message {
        try message(Answer(type: "missing", id: request.id))
    }

    private func hello(_ request: ClientRequest) throws -> ClientChannel.Message {
        if let theirs = request.protocol, theirs != workerProtocolVersion { throw FrameError.version(theirs: theirs) }
        return try message(
            Greeting(
                id: request.id, protocol: workerProtocolVersion, version: EngineVersion.current,
                root: location.root.string))
    }

    private func object(_ request: ClientRequest) throws -> ClientChannel.Message {
        if let path = request.path, path.count == 1 {
            guard let flow = try history().flow(FlowName(path[0])) else { return try missing(request) }
            return try message(Answer(type: "object", id: request.id, object: ClientRecord(flow)))
        }
        guard let ledger = try store()?.ledger, let record = try record(request.path ?? [], in: ledger) else {
            return try missing(request)
        }
        return try message(Answer(type: "object", id: request.id, object: record))
    }

    private func record(_ path: [String], in ledger: RunLedger) throws -> ClientRecord? {
        switch path.count {
        case 1: return try ledger.flow(FlowName(path[0])).map { ClientRecord($0) }
        case 2: return try ledger.run(RunKey(flow: FlowName(path[0]), run: RunID(path[1]))).map { ClientRecord($0) }
        case 3:
            let run = RunKey(flow: FlowName(path[0]), run: RunID(path[1]))
            return try ledger.step(StepName(path[2]), of: run).map { ClientRecord($0) }
        case 4: return try task(path, in: ledger).map { ClientRecord($0.1) }
        default: throw ClientFault.wrongDepth(path)
        }
    }

    private func children(_ request: ClientRequest) throws -> ClientChannel.Message {
        let path = request.path ?? []
        let items: [ClientRecord]
        if path.count < 2 {
            items = try listed(path.first.map { FlowName($0) }, request)
        } else {
            items = try store().map { try childRecords(path, request, in: $0.ledger) } ?? []
        }
        return try message(Answer(type: "children", id: request.id, items: items))
    }

    /// The flows, or the runs of one.
    private func listed(_ flow: FlowName?, _ request: ClientRequest) throws -> [ClientRecord] {
        guard let flow else { return try history().flows().map { ClientRecord($0) } }
        let search = RunSearch(flow: flow, tags: request.tags ?? [], kind: kind, limit: request.limit)
        return try history().runs(search).map { ClientRecord($0) }
    }

    private func childRecords(_ path: [String], _ request: ClientRequest, in ledger: RunLedger) throws -> [ClientRecord] {
        switch path.count {
        case 2: return try ledger.steps(of: RunKey(flow: FlowName(path[0]), run: RunID(path[1]))).map { ClientRecord($0) }
        case 3:
            let run = RunKey(flow: FlowName(path[0]), run: RunID(path[1]))
            let before = request.before.map { TaskID($0) }
            return try ledger.tasks(of: run, step: StepName(path[2]), before: before, limit: request.limit)
                .map { ClientRecord($0) }
        default: throw ClientFault.wrongDepth(path)
        }
    }

    private func code(_ request: ClientRequest) throws -> ClientChannel.Message {
        let path = request.path ?? []
        guard path.count == 2 else { throw ClientFault.wrongDepth(path) }
        let run = RunKey(flow: FlowName(path[0]), run: RunID(path[1]))
        guard let ledger = try store()?.ledger, let code = try ledger.codePackage(of: run) else {
            return try missing(request)
        }
        return try message(
            CodeAnswer(id: request.id, digest: code.digest.hex, script: code.script, metadata: code.metadata))
    }

    private func tags(_ request: ClientRequest) throws -> ClientChannel.Message {
        let path = request.path ?? []
        guard path.count == 2 else { throw ClientFault.wrongDepth(path) }
        let run = RunKey(flow: FlowName(path[0]), run: RunID(path[1]))
        guard let records = try records(),
            let record = try records.ledger.editTags(of: run, adding: request.add ?? [], removing: request.remove ?? [])
        else { return try missing(request) }
        try records.publish(run)
        return try message(Answer(type: "object", id: request.id, object: ClientRecord(record)))
    }
}
