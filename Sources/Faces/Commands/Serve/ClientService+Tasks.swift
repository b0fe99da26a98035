import Datastore
import Diagnostics
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import SystemPackage
import WorkerProtocol

/// Questions about one task.
extension ClientService {
    func cards(_ request: ClientRequest) throws -> ClientChannel.Message {
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

    func neighbours(_ request: ClientRequest) throws -> ClientChannel.Message {
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

    func metadata(_ request: ClientRequest) throws -> ClientChannel.Message {
        guard let ledger = try store()?.ledger, let (key, record) = try task(request.path ?? [], in: ledger) else {
            return try missing(request)
        }
        var items = try ledger.metadata(of: key).map { ClientMetadata($0) } + ClientMetadata.facts(of: record)
            + ledger.attempts(of: key).flatMap { ClientMetadata.facts(of: $0) }
        if let code = try ledger.codePackage(of: key.run) { items.append(ClientMetadata(code, of: record)) }
        return try message(Answer(type: "metadata", id: request.id, metadata: items))
    }

    func log(_ request: ClientRequest) throws -> ClientChannel.Message {
        guard let ledger = try store()?.ledger, let (key, record) = try task(request.path ?? [], in: ledger) else {
            return try missing(request)
        }
        guard let stream = LogStream(name: request.stream ?? "stdout") else { throw ClientFault.unknownStream }
        let number = request.attempt.map { AttemptNumber($0) } ?? record.attempt
        guard let attempt = try ledger.attempts(of: key).first(where: { $0.key.attempt == number }) else {
            return try message(Answer(type: "log", id: request.id))
        }
        guard let reader = try records()?.logReader(of: key.run) else { return try missing(request) }
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
}
