import Datastore
import Digests
import FlowModel
import FoundationEssentials
import Ledger

// What `--json` prints (docs/command-reference.md, "JSON"). A member that does not apply is left out; new members may
// come, and those that are there stay.

/// A flow that has runs.
struct FlowOutput: Encodable {
    var flow: String
    var path: String
    var createdAt: UTCText
    var runs: [RunOutput]
}

/// A run.
struct RunOutput: Encodable {
    var flow: String
    var run: String
    var path: String
    var status: String
    var createdAt: UTCText
    var finishedAt: UTCText?
    /// Seconds, up to now while it runs.
    var duration: Double?
    var user: String
    var tags: [String]
    var systemTags: [String]
    var originRun: String?
    /// Only when one run is shown.
    var steps: [StepOutput]?

    init(_ record: RunRecord, steps: [StepOutput]? = nil) {
        flow = record.key.flow.text
        run = record.key.run.text
        path = Pathspec(record.key.flow, record.key.run).description
        status = record.state.rawValue
        createdAt = UTCText(record.createdAt)
        finishedAt = record.finishedAt.map { UTCText($0) }
        duration = record.time.map { $0.seconds }
        user = record.username
        tags = record.userTags
        systemTags = record.systemTags
        originRun = record.originRun?.text
        self.steps = steps
    }
}

/// A step of a run.
struct StepOutput: Encodable {
    var step: String
    var path: String
    var status: String
    var taskCount: Int
    var succeeded: Int
    var failed: Int
    var running: Int
    var abandoned: Int
    var startedAt: UTCText
    var finishedAt: UTCText?
    var duration: Double?
    /// Only when one step is shown.
    var tasks: [TaskOutput]?

    init(_ counts: RecordedStepCounts, of run: RunRecord, tasks list: [TaskOutput]? = nil) {
        let summary = StepSummary(counts, of: run)
        step = counts.step.text
        path = Pathspec(run.key.flow, run.key.run, counts.step).description
        status = summary.status.rawValue
        taskCount = counts.tasks
        succeeded = counts.succeeded
        failed = counts.failed
        running = summary.running
        abandoned = summary.abandoned
        startedAt = UTCText(counts.startedAt)
        finishedAt = summary.finishedAt.map { UTCText($0) }
        duration = summary.time?.seconds
        tasks = list
    }
}

/// A task.
struct TaskOutput: Encodable {
    /// The place in a foreach.
    struct Frame: Codable {
        var step: String
        var variable: String
        var index: Int
        /// A short text of the item.
        var value: String?
    }

    var task: String
    var step: String
    var path: String
    var status: String
    var createdAt: UTCText
    var finishedAt: UTCText?
    var duration: Double?
    /// The newest attempt.
    var attempt: Int?
    var foreach: [Frame]
    /// Pathspecs of the tasks that it took its artifacts from.
    var inputs: [String]?
    /// The task of another run that it was taken over from, or is in place of.
    var origin: String?
    /// Whether it was taken over and did not run itself.
    var cloned: Bool
    /// The round of a step that goes to itself.
    var iteration: Int?
    /// Only when one task is shown.
    var attempts: [AttemptOutput]?
    var artifacts: [ArtifactOutput]?

    init(_ record: TaskRecord, of run: RunRecord) {
        task = record.task.text
        step = record.step.text
        path = Pathspec(run.key.flow, run.key.run, record.step, record.task).description
        status = record.status(in: run).rawValue
        createdAt = UTCText(record.createdAt)
        finishedAt = record.isFinished ? record.finishedAt.map { UTCText($0) } : nil
        duration = record.time(in: run)?.seconds
        attempt = record.attempt?.value
        foreach = record.foreachFrames
        cloned = record.isClone
        iteration = record.iteration
        origin = record.origin.map { Pathspec(run.key.flow, $0.run, record.step, $0.task).description }
    }
}

/// An attempt at a task.
struct AttemptOutput: Encodable {
    var attempt: Int
    var status: String
    var startedAt: UTCText
    var finishedAt: UTCText?
    var duration: Double?
    /// The exit code of its process, or minus the signal that ended it.
    var exitStatus: Int32?
    var exception: RecordedException?

    init(_ record: AttemptRecord, of run: RunRecord) {
        attempt = record.key.attempt.value
        status = record.status(in: run).rawValue
        startedAt = UTCText(record.startedAt)
        finishedAt = record.finishedAt.map { UTCText($0) }
        duration = record.time(in: run)?.seconds
        exitStatus = record.exitStatus
        exception = record.exception.flatMap { RecordedException(json: $0) }
    }
}

/// What an attempt raised.
struct RecordedException: Codable {
    var type: String
    var message: String
    var traceback: String?

    init?(json: String) {
        guard let value = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = value
    }

    /// `ZeroDivisionError: division by zero`, the first line of it.
    var headline: String {
        let name = type.hasPrefix("builtins.") ? String(type.dropFirst("builtins.".count)) : type
        let first = message.split(separator: "\n").first.map(String.init) ?? ""
        return first.isEmpty ? name : "\(name): \(first)"
    }
}

/// An artifact of a task.
struct ArtifactOutput: Encodable {
    var name: String
    var path: String
    var type: String
    /// Bytes.
    var size: Int64
    var digest: String
    /// How the bytes say the value.
    var encoding: String
    /// Whether it came from an earlier task.
    var inherited: Bool
    var createdAt: UTCText

    init(_ record: ListedArtifact, at task: Pathspec) {
        name = record.name
        path = "\(task)/\(record.name)"
        type = record.type
        size = record.size
        digest = record.digest
        encoding = record.encoding
        inherited = !record.isOwn
        createdAt = UTCText(record.createdAt)
    }
}
