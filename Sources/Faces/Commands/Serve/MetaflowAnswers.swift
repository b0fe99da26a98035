import Datastore
import FlowModel
import FoundationEssentials
import Ledger
import MetaflowStore
import SystemPackage
import WorkerProtocol

/// Answers questions about runs that Metaflow keeps.
///
/// The words that stand for bytes are its own: the SHA-1 of a value; for a card `card:` and its path.
struct MetaflowAnswers {
    private static let cardMark = "card:"
    let history: MetaflowHistory

    /// The answer to a question about a run, or something in it; `nil` when it is about something else, or there is no such thing.
    func answer(_ request: ClientRequest) throws -> ClientChannel.Message? {
        guard let path = request.path, path.count >= 2 else { return nil }
        let run = RunKey(flow: FlowName(path[0]), run: RunID(path[1]))
        guard try history.contains(run) else { return nil }
        switch request.type {
        case .hello: return nil
        case .object: return try record(path, run).map { try message(Answer(type: "object", id: request.id, object: $0)) }
        case .children: return try message(Answer(type: "children", id: request.id, items: children(path, run, request)))
        case .artifacts: return try artifacts(path, run, request)
        case .metadata: return try task(path, run).map { try message(metadata($0.key, request)) }
        case .blob: return try blob(run, request)
        case .log: return try task(path, run).map { try log($0.key, $0.record, request) }
        case .code: return try code(run, request)
        case .tags: return try tags(run, request)
        case .cards: return try task(path, run).map { try cards($0.key, $0.record, request) }
        case .neighbours: return try task(path, run).map { try neighbours($0.key, $0.record, request) }
        }
    }

    private func message(_ answer: some Encodable, payload: Data = Data(), descriptor: Int32? = nil) throws -> ClientChannel.Message {
        ClientChannel.Message(frame: try Frame(answer, payload: payload), descriptor: descriptor)
    }

    private func task(_ path: [String], _ run: RunKey) throws -> (key: TaskKey, record: TaskRecord)? {
        guard path.count == 4 || path.count == 5 else { throw ClientFault.wrongDepth(path) }
        let key = TaskKey(run: run, task: TaskID(path[3]))
        guard let record = try history.task(key), record.step.text == path[2] else { return nil }
        return (key, record)
    }

    // MARK: Records

    private func record(_ path: [String], _ run: RunKey) throws -> ClientRecord? {
        switch path.count {
        case 2: return try history.run(run).map { ClientRecord($0) }
        case 3: return try history.step(StepName(path[2]), of: run).map { ClientRecord($0) }
        default: return try task(path, run).map { ClientRecord($0.record) }
        }
    }

    private func children(_ path: [String], _ run: RunKey, _ request: ClientRequest) throws -> [ClientRecord] {
        switch path.count {
        case 2: return try history.steps(of: run).map { ClientRecord($0) }
        case 3:
            return try history.tasks(
                of: run, step: StepName(path[2]), before: request.before.map { TaskID($0) }, limit: request.limit
            ).map { ClientRecord($0) }
        default: throw ClientFault.wrongDepth(path)
        }
    }

    private func tags(_ run: RunKey, _ request: ClientRequest) throws -> ClientChannel.Message? {
        let edit = TagEdit(adding: request.add ?? [], removing: request.remove ?? [])
        return try history.editTags(of: run, edit).map { try message(Answer(type: "object", id: request.id, object: ClientRecord($0))) }
    }

    private func neighbours(_ key: TaskKey, _ record: TaskRecord, _ request: ClientRequest) throws -> ClientChannel.Message {
        let tasks =
            switch request.direction {
            case "in": try history.inputs(of: record, in: key.run)
            case "out": try history.consumers(of: key)
            default: throw ClientFault.unknownDirection
            }
        return try message(Answer(type: "neighbours", id: request.id, items: tasks.map { ClientRecord($0, of: key.run) }))
    }

    private func metadata(_ key: TaskKey, _ request: ClientRequest) throws -> Answer {
        Answer(type: "metadata", id: request.id, metadata: try history.metadata(of: key).map { ClientMetadata($0) })
    }

    // MARK: Artifacts

    private func artifacts(_ path: [String], _ run: RunKey, _ request: ClientRequest) throws -> ClientChannel.Message? {
        var payload = Data()
        if let tasks = request.tasks {
            guard path.count == 3 else { throw ClientFault.wrongDepth(path) }
            var answer = StretchAnswer(id: request.id)
            for id in tasks {
                let key = TaskKey(run: run, task: TaskID(id))
                guard let record = try history.task(key), record.step.text == path[2] else { continue }
                answer.tasks.append(try part(key, record, request, &payload))
            }
            return try message(answer, payload: payload)
        }
        guard let (key, record) = try task(path, run) else { return nil }
        guard let attempt = request.attempt.map({ AttemptNumber($0) }) ?? record.doneAttempt ?? record.attempt else {
            return try message(Answer(type: "artifacts", id: request.id, artifacts: []))
        }
        let items = try listed(key, record, attempt, request).map { artifact in
            ClientArtifact(
                name: artifact.name, digest: artifact.digest, size: artifact.size, type: artifact.type,
                encoding: artifact.encoding, attempt: attempt.value, createdAt: artifact.createdAt.seconds,
                inline: append(artifact, of: run, request, limit: ClientService.inlineLimit, to: &payload))
        }
        return try message(Answer(type: "artifacts", id: request.id, artifacts: items), payload: payload)
    }

    private func part(
        _ key: TaskKey, _ record: TaskRecord, _ request: ClientRequest, _ payload: inout Data
    ) throws -> StretchAnswer.Part {
        let attempt = record.doneAttempt ?? record.attempt ?? 0
        let items = try listed(key, record, attempt, request).map { artifact in
            StretchAnswer.Artifact(
                name: artifact.name, digest: artifact.digest, size: artifact.size, type: artifact.type,
                encoding: artifact.encoding, createdAt: artifact.createdAt.seconds,
                inline: append(artifact, of: key.run, request, limit: 64 << 10, to: &payload))
        }
        return StretchAnswer.Part(
            id: key.task.text, attempt: attempt.value, createdAt: (record.finishedAt ?? record.createdAt).seconds, base: nil,
            items: items)
    }

    private func listed(
        _ key: TaskKey, _ record: TaskRecord, _ attempt: AttemptNumber, _ request: ClientRequest
    ) throws -> [ListedArtifact] {
        let choice = ArtifactChoice(names: request.names, publicOnly: request.publicOnly ?? false)
        return try history.artifacts(of: key, step: record.step, attempt: attempt, names: request.names).filter {
            choice.includes($0.name)
        }
    }

    /// Adds the bytes of a small artifact, if values were asked for; gives their number.
    private func append(
        _ artifact: ListedArtifact, of run: RunKey, _ request: ClientRequest, limit: Int64, to payload: inout Data
    ) -> Int? {
        // The size is not known of everything that is old.
        guard request.values == true, (1...limit).contains(artifact.size),
            payload.count + Int(artifact.size) <= ClientService.payloadLimit
        else { return nil }
        // What cannot be read is told to whoever asks for just that.
        guard let content = try? history.value(artifact.digest, of: run.flow) else { return nil }
        payload.append(contentsOf: content)
        return content.count
    }

    private func blob(_ run: RunKey, _ request: ClientRequest) throws -> ClientChannel.Message? {
        guard let name = request.digest else { return nil }
        if name.hasPrefix(Self.cardMark) {
            guard let content = try history.cardFile(String(name.dropFirst(Self.cardMark.count))) else { return nil }
            return try message(BlobHeader(id: request.id, digest: name, size: Int64(content.count), descriptors: 0), payload: Data(content))
        }
        guard name.utf8.count == 40 else { return nil }
        let (descriptor, size) = try history.openValue(name, of: run.flow)
        let header = BlobHeader(id: request.id, digest: name, size: size, descriptors: 0)
        guard size <= ClientService.inlineLimit else { return try message(header.inDescriptor, descriptor: descriptor) }
        return try FileDescriptor(rawValue: descriptor).closeAfter {
            var content = [UInt8](repeating: 0, count: Int(size))
            let count = try content.withUnsafeMutableBytes { try FileDescriptor(rawValue: descriptor).read(into: $0) }
            return try message(header, payload: Data(content.prefix(count)))
        }
    }

    private func code(_ run: RunKey, _ request: ClientRequest) throws -> ClientChannel.Message? {
        try history.code(of: run).map { code in
            try message(
                CodeAnswer(
                    id: request.id, digest: code.sha, script: code.script, metadata: code.metadata, location: code.location))
        }
    }

    // MARK: Logs and cards

    private func log(_ key: TaskKey, _ record: TaskRecord, _ request: ClientRequest) throws -> ClientChannel.Message {
        guard let stream = LogStream(name: request.stream ?? "stdout") else { throw ClientFault.unknownStream }
        let lines = try history.lines(
            of: key, step: record.step, attempt: request.attempt.map { AttemptNumber($0) } ?? record.attempt, stream: stream)
        guard request.timestamps == true else {
            var text = Data()
            for line in lines {
                text.append(contentsOf: line.line.text)
                text.append(UInt8(ascii: "\n"))
            }
            return try message(Answer(type: "log", id: request.id), payload: text)
        }
        return try message(
            Answer(
                type: "log", id: request.id,
                lines: lines.map { TimedLine(at: $0.line.at.seconds, text: String(decoding: $0.line.text, as: UTF8.self)) }))
    }

    private func cards(_ key: TaskKey, _ record: TaskRecord, _ request: ClientRequest) throws -> ClientChannel.Message {
        let attempt = record.doneAttempt ?? record.attempt ?? 0
        let cards = try history.cards(of: key, step: record.step, followingClones: request.followResumed ?? true)
        return try message(
            Answer(type: "cards", id: request.id, cards: cards.map { ClientCard($0, asked: key, attempt: attempt, mark: Self.cardMark) }))
    }
}
