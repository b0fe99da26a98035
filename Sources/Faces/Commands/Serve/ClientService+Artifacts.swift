import Datastore
import Diagnostics
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import SystemPackage
import WorkerProtocol

/// Questions about artifacts and their bytes.
extension ClientService {
    func artifacts(_ request: ClientRequest) throws -> ClientChannel.Message {
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
                name: artifact.name, digest: artifact.digest.hex, size: artifact.size, type: artifact.type,
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

    func blob(_ request: ClientRequest) throws -> ClientChannel.Message {
        guard let (ledger, store) = try store(), let digest = request.digest.flatMap({ SHA256Digest(hex: $0) }), let blob = try ledger.blob(digest) else {
            return try missing(request)
        }
        let header = BlobHeader(id: request.id, digest: digest.hex, size: blob.size, descriptors: 0)
        guard blob.size > Self.inlineLimit else {
            return try message(header, payload: Data(try store.read(blob)))
        }
        return try message(header.inDescriptor, descriptor: try store.openUnlinked(blob))
    }
}
