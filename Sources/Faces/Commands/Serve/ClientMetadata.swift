import Datastore
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import MetaflowStore
import WorkerProtocol

/// A fact about a task as clients see it.
struct ClientMetadata: Encodable {
    var name: String
    /// A text; of what Metaflow keeps, whatever it wrote.
    var value: JSONValue
    var type: String
    var attempt: Int
    var createdAt: Double

    private enum CodingKeys: String, CodingKey {
        case name, value, type, attempt
        case createdAt = "created_at"
    }

    /// What is known of an attempt without having been recorded apart.
    static func facts(of attempt: AttemptRecord) -> [ClientMetadata] {
        func fact(_ name: String, _ value: String, at time: Double, type: String? = nil) -> ClientMetadata {
            ClientMetadata(
                name: name, value: .string(value), type: type ?? name, attempt: attempt.key.attempt.value, createdAt: time)
        }
        let began = attempt.startedAt.seconds
        var facts = [fact("attempt", "\(attempt.key.attempt)", at: began)]
        guard let finished = attempt.finishedAt?.seconds else { return facts }
        facts.append(
            fact("attempt_ok", attempt.isSuccessful ? "True" : "False", at: finished, type: "internal_attempt_status"))
        facts.append(fact("attempt-done", "\(attempt.key.attempt)", at: finished))
        return facts
    }

    /// What is known of a task by its place in the run: its foreaches, and what it stands for.
    static func facts(of task: TaskRecord) -> [ClientMetadata] {
        let time = task.createdAt.seconds
        let attempt = task.attempt?.value ?? 0
        func fact(_ name: String, _ value: String) -> ClientMetadata {
            ClientMetadata(name: name, value: .string(value), type: name, attempt: attempt, createdAt: time)
        }
        var facts: [ClientMetadata] = []
        if task.isClone, let origin = task.origin { facts.append(fact("origin-task-id", origin.task.text)) }
        guard !task.frames.isEmpty,
            let frames = try? JSONDecoder().decode([ForeachFrameMessage].self, from: Data(task.frames.utf8))
        else { return facts }
        let stack = frames.map { "\($0.variable)=\($0.value ?? $0.index.map { "\($0)" } ?? "None")" }
        let encoded = (try? JSONEncoder().encode(stack)).map { String(decoding: $0, as: UTF8.self) }
        facts.append(fact("foreach-stack", encoded ?? "[]"))
        let path = frames.map { "\($0.step):\($0.index.map { "\($0)" } ?? "None")" }
        facts.append(fact("foreach-execution-path", path.joined(separator: ",")))
        return facts
    }

    private init(name: String, value: JSONValue, type: String, attempt: Int, createdAt: Double) {
        self.name = name
        self.value = value
        self.type = type
        self.attempt = attempt
        self.createdAt = createdAt
    }

    /// Where the code that a task ran is kept.
    init(_ code: CodePackageRecord, of task: TaskRecord) {
        let members: [String: JSONValue] = [
            "ds_type": .string("local"), "sha": .string(code.digest.hex), "location": .string(code.digest.hex),
            "metadata": .string(code.metadata),
        ]
        self.init(
            name: "code-package", value: .string(JSONValue.object(members).json), type: "code-package",
            attempt: task.attempt?.value ?? 0, createdAt: task.createdAt.seconds)
    }

    init(_ fact: MetaflowHistory.Fact) {
        self.init(name: fact.name, value: fact.value, type: fact.type, attempt: fact.attempt, createdAt: fact.at.seconds)
    }

    init(_ record: MetadataRecord) {
        name = record.entry.name
        value = .string(record.entry.value)
        type = record.entry.type
        attempt = record.attempt.value
        createdAt = record.createdAt.seconds
    }
}
