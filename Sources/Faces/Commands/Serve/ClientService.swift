import Datastore
import Diagnostics
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import SystemPackage
import WorkerProtocol

/// Answers a client's questions about the runs of one store.
final class ClientService {
    /// Blobs above this size, in bytes, go as descriptors where the channel can pass them.
    private static let inlineLimit: Int64 = 1 << 20

    /// Bytes of values that come along with a list of artifacts, together.
    private static let payloadLimit = 16 << 20

    private let location: StoreLocation
    /// Which runs are listed.
    private let kind: RunKind
    private var opened: (ledger: RunLedger, store: BlobStore)?

    init(location: StoreLocation, kind: RunKind = .ordinary) {
        self.location = location
        self.kind = kind
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

    // MARK: The store

    /// The ledger and the blobs; `nil` while nothing was ever run here.
    private func store() throws -> (ledger: RunLedger, store: BlobStore)? {
        if let opened { return opened }
        guard location.exists else { return nil }
        do {
            let ledger = try RunLedger(location, mode: .read)
            opened = (ledger, try BlobStore(location, index: ledger))
        } catch let error as LedgerError where error.fault == .missing {
            return nil
        }
        return opened
    }

    private func taskKey(_ path: [String]) throws -> TaskKey {
        guard path.count == 4 else { throw ClientFault.wrongDepth(path) }
        return TaskKey(run: RunKey(flow: FlowName(path[0]), run: RunID(path[1])), task: TaskID(path[3]))
    }

    private func task(_ path: [String], in ledger: RunLedger) throws -> (TaskKey, TaskRecord)? {
        let key = try taskKey(path)
        guard let record = try ledger.task(key), record.step.text == path[2] else { return nil }
        return (key, record)
    }

    // MARK: Answers

    private func message(
        _ answer: some Encodable, payload: Data = Data(), descriptor: Int32? = nil
    ) throws -> ClientChannel.Message {
        ClientChannel.Message(frame: try Frame(answer, payload: payload), descriptor: descriptor)
    }

    private func missing(_ request: ClientRequest) throws -> ClientChannel.Message {
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
        guard let ledger = try store()?.ledger else { return try message(Answer(type: "children", id: request.id, items: [])) }
        let items = try childRecords(request, in: ledger)
        return try message(Answer(type: "children", id: request.id, items: items))
    }

    private func childRecords(_ request: ClientRequest, in ledger: RunLedger) throws -> [ClientRecord] {
        let path = request.path ?? []
        switch path.count {
        case 0: return try ledger.flows().map { ClientRecord($0) }
        case 1:
            var query = RunQuery()
            query.tags = request.tags ?? []
            query.limit = request.limit
            query.kind = kind
            return try ledger.runs(of: FlowName(path[0]), matching: query).map { ClientRecord($0) }
        case 2: return try ledger.steps(of: RunKey(flow: FlowName(path[0]), run: RunID(path[1]))).map { ClientRecord($0) }
        case 3:
            let run = RunKey(flow: FlowName(path[0]), run: RunID(path[1]))
            let before = request.before.map { TaskID($0) }
            return try ledger.tasks(of: run, step: StepName(path[2]), before: before, limit: request.limit)
                .map { ClientRecord($0) }
        default: throw ClientFault.wrongDepth(path)
        }
    }

    private func artifacts(_ request: ClientRequest) throws -> ClientChannel.Message {
        if let tasks = request.tasks { return try artifacts(request, of: tasks.map { TaskID($0) }) }
        guard let ledger = try store()?.ledger, let (key, record) = try task(request.path ?? [], in: ledger) else {
            return try missing(request)
        }
        guard let attempt = request.attempt.map({ AttemptNumber($0) }) ?? record.doneAttempt ?? record.attempt else {
            return try message(Answer(type: "artifacts", id: request.id, artifacts: []))
        }
        let chosen = try chosenArtifacts(request, of: AttemptKey(task: key.task, attempt: attempt), in: key.run, ledger)
        var payload = Data()
        let items = try chosen.map { artifact in
            ClientArtifact(
                name: artifact.name, digest: artifact.digest, size: artifact.size, type: artifact.type,
                encoding: artifact.encoding, attempt: attempt.value, createdAt: artifact.createdAt.seconds,
                inline: request.values == true ? try append(artifact, to: &payload) : nil)
        }
        return try message(Answer(type: "artifacts", id: request.id, artifacts: items), payload: payload)
    }

    private func artifacts(_ request: ClientRequest, of tasks: [TaskID]) throws -> ClientChannel.Message {
        guard let path = request.path, path.count == 3 else { throw ClientFault.wrongDepth(request.path ?? []) }
        guard let (ledger, store) = try store() else { return try message(StretchAnswer(id: request.id)) }
        let run = RunKey(flow: FlowName(path[0]), run: RunID(path[1]))
        let choice = ArtifactChoice(names: request.names, publicOnly: request.publicOnly ?? false)
        var stretch = try ledger.artifacts(of: tasks, step: StepName(path[2]), in: run, choice: choice)
        stretch.keep { $0.isOwn || InheritedArtifacts.include($0.name) }
        var values = StretchValues(limit: Self.payloadLimit)
        if request.values == true { try values.load(stretch, ledger, store) }
        let answer = StretchAnswer(id: request.id, stretch, values: &values)
        return try message(answer, payload: values.payload)
    }

    private func chosenArtifacts(
        _ request: ClientRequest, of attempt: AttemptKey, in run: RunKey, _ ledger: RunLedger
    ) throws -> [ArtifactRecord] {
        let found =
            if let names = request.names, names.count <= 3 {
                try names.compactMap { try ledger.artifact($0, of: attempt, in: run) }
            } else {
                try ledger.artifacts(of: attempt, in: run)
            }
        let choice = ArtifactChoice(names: request.names, publicOnly: request.publicOnly ?? false)
        return found.filter { ($0.isOwn || InheritedArtifacts.include($0.name)) && choice.includes($0.name) }
    }

    /// Adds the bytes of a small artifact; gives their number.
    private func append(_ artifact: ArtifactRecord, to payload: inout Data) throws -> Int? {
        guard artifact.size <= Self.inlineLimit, payload.count + Int(artifact.size) <= Self.payloadLimit,
            let (ledger, store) = try store(), let blob = try ledger.blob(artifact.digest)
        else { return nil }
        let content = try store.read(blob)
        payload.append(contentsOf: content)
        return content.count
    }

    private func cards(_ request: ClientRequest) throws -> ClientChannel.Message {
        guard let ledger = try store()?.ledger, let (key, _) = try task(request.path ?? [], in: ledger) else {
            return try missing(request)
        }
        let records = try ledger.cards(
            of: key, attempt: request.attempt.map { AttemptNumber($0) }, followingClones: request.followResumed ?? true)
        let items = try records.map { record in
            ClientCard(
                record, asked: key,
                data: try ledger.cardData(
                    of: record.task, attempt: record.attempt, type: record.card.type, id: record.card.id))
        }
        return try message(Answer(type: "cards", id: request.id, cards: items))
    }

    private func neighbours(_ request: ClientRequest) throws -> ClientChannel.Message {
        guard let ledger = try store()?.ledger, let (key, record) = try task(request.path ?? [], in: ledger) else {
            return try missing(request)
        }
        let tasks =
            switch request.direction {
            case "in":
                try record.inputs.compactMap { try ledger.task(TaskKey(run: key.run, task: $0)) }
                    .filter { $0.step != .parameters }
            case "out": try ledger.consumers(of: key)
            default: throw ClientFault.unknownDirection
            }
        let items = tasks.map { ClientRecord($0, of: key.run) }
        return try message(Answer(type: "neighbours", id: request.id, items: items))
    }

    private func metadata(_ request: ClientRequest) throws -> ClientChannel.Message {
        guard let ledger = try store()?.ledger, let (key, record) = try task(request.path ?? [], in: ledger) else {
            return try missing(request)
        }
        let items = try ledger.metadata(of: key).map { ClientMetadata($0) } + ClientMetadata.facts(of: record)
            + ledger.attempts(of: key).flatMap { ClientMetadata.facts(of: $0) }
        return try message(Answer(type: "metadata", id: request.id, metadata: items))
    }

    private func blob(_ request: ClientRequest) throws -> ClientChannel.Message {
        guard let (ledger, store) = try store(), let digest = request.digest, let blob = try ledger.blob(digest) else {
            return try missing(request)
        }
        let header = BlobHeader(id: request.id, digest: digest, size: blob.size, descriptors: 0)
        guard blob.size > Self.inlineLimit else {
            return try message(header, payload: Data(try store.read(blob)))
        }
        return try message(header.inDescriptor, descriptor: try store.openUnlinked(blob))
    }

    private func log(_ request: ClientRequest) throws -> ClientChannel.Message {
        guard let ledger = try store()?.ledger, let (key, record) = try task(request.path ?? [], in: ledger) else {
            return try missing(request)
        }
        guard let stream = LogStream(name: request.stream ?? "stdout") else { throw ClientFault.unknownStream }
        let number = request.attempt.map { AttemptNumber($0) } ?? record.attempt
        guard let attempt = try ledger.attempts(of: key).first(where: { $0.key.attempt == number }) else {
            return try message(Answer(type: "log", id: request.id))
        }
        let reader = try RunLogReader(location, flow: key.run.flow.text, run: key.run.run.text)
        let source = LogSource(task: key.task.text, attempt: attempt.key.attempt.value)
        guard request.timestamps == true else {
            let text = try reader.text(from: source, stream: stream, in: attempt.logRange)
            return try message(Answer(type: "log", id: request.id), payload: Data(text))
        }
        let lines = try reader.lines(from: source, stream: stream, in: attempt.logRange).map {
            TimedLine(at: $0.at.seconds, text: String(decoding: $0.text, as: UTF8.self))
        }
        return try message(Answer(type: "log", id: request.id, lines: lines))
    }

    private func code(_ request: ClientRequest) throws -> ClientChannel.Message {
        let path = request.path ?? []
        guard path.count == 2 else { throw ClientFault.wrongDepth(path) }
        let run = RunKey(flow: FlowName(path[0]), run: RunID(path[1]))
        guard let ledger = try store()?.ledger, let code = try ledger.codePackage(of: run) else {
            return try missing(request)
        }
        return try message(
            CodeAnswer(id: request.id, digest: code.digest, script: code.script, metadata: code.metadata))
    }

    private func tags(_ request: ClientRequest) throws -> ClientChannel.Message {
        let path = request.path ?? []
        guard path.count == 2 else { throw ClientFault.wrongDepth(path) }
        let run = RunKey(flow: FlowName(path[0]), run: RunID(path[1]))
        guard location.exists,
            let record = try RunLedger(location, mode: .write)
                .editTags(of: run, adding: request.add ?? [], removing: request.remove ?? [])
        else { return try missing(request) }
        return try message(Answer(type: "object", id: request.id, object: ClientRecord(record)))
    }
}

/// A request that makes no sense.
enum ClientFault: DiagnosticError {
    case wrongDepth([String])
    case unknownStream
    case unknownDirection

    var diagnostic: Diagnostic {
        switch self {
        case .wrongDepth(let path):
            Diagnostic(.user, "'\(path.joined(separator: "/"))' is not a path of the depth that was asked for")
        case .unknownDirection: Diagnostic(.user, "neighbours are looked for in the direction in or out")
        case .unknownStream: Diagnostic(.user, "a log's stream is stdout or stderr")
        }
    }
}

extension LogStream {
    init?(name: String) {
        switch name {
        case "stdout": self = .stdout
        case "stderr": self = .stderr
        default: return nil
        }
    }
}
