import Datastore
import Digests
import FlowModel
import Ledger

/// A flow, run, step or task as clients see it. Times are seconds since 1970.
struct ClientRecord: Encodable {
    var kind: String
    var id: String
    var createdAt: Double
    var finishedAt: Double?
    var successful: Bool?
    var finished: Bool?
    var userTags: [String]?
    var systemTags: [String]?
    var originRun: String?
    var endTask: String?
    var taskCount: Int?
    var step: String?
    var attempt: Int?
    var doneAttempt: Int?
    var index: Int?
    var originTask: String?
    /// The whole path, where a listing holds things of several parents.
    var path: String?
    /// The round of a step that goes to itself.
    var iteration: Int?

    private enum CodingKeys: String, CodingKey {
        case kind, id, successful, finished, step, attempt, index, path, iteration
        case createdAt = "created_at"
        case finishedAt = "finished_at"
        case userTags = "user_tags"
        case systemTags = "system_tags"
        case originRun = "origin_run"
        case endTask = "end_task"
        case taskCount = "task_count"
        case doneAttempt = "done_attempt"
        case originTask = "origin_task"
    }

    init(_ flow: FlowRecord) {
        kind = "flow"
        id = flow.name.text
        createdAt = flow.createdAt.seconds
    }

    init(_ run: RunRecord) {
        kind = "run"
        id = run.key.run.text
        createdAt = run.createdAt.seconds
        finishedAt = run.finishedAt?.seconds
        // As its last task: one whose exception was caught has finished, and was not successful.
        successful = run.isSuccessful && !run.endIsCaught
        // A run has finished when its last step has; one that failed or was stopped never did.
        finished = run.isSuccessful
        userTags = run.userTags
        systemTags = run.systemTags
        originRun = run.originRun?.text
        endTask = run.end.map { Pathspec(run.key.flow, run.key.run, $0.step, $0.task).description }
    }

    init(_ step: StepRecord) {
        kind = "step"
        id = step.name.text
        createdAt = step.createdAt.seconds
        finishedAt = step.finishedAt?.seconds
        taskCount = step.taskCount
    }

    init(_ task: TaskRecord) {
        kind = "task"
        id = task.task.text
        createdAt = task.createdAt.seconds
        finishedAt = task.finishedAt?.seconds
        successful = task.isSuccessful && !task.isCaught
        finished = task.isFinished && task.isSuccessful
        step = task.step.text
        attempt = task.attempt?.value
        doneAttempt = task.doneAttempt?.value
        index = task.index
        originRun = task.origin?.run.text
        originTask = task.origin?.task.text
        iteration = task.iteration
    }

    /// The record of a task with its whole path.
    init(_ task: TaskRecord, of run: RunKey) {
        self.init(task)
        path = Pathspec(run.flow, run.run, task.step, task.task).description
    }
}

/// An artifact as clients see it.
struct ClientArtifact: Encodable {
    var name: String
    /// SHA-256; of what Metaflow keeps, SHA-1.
    var digest: String
    var size: Int64
    var type: String
    var encoding: String
    var attempt: Int
    var createdAt: Double
    /// How many bytes of the payload are the value's, where they came along.
    var inline: Int?

    private enum CodingKeys: String, CodingKey {
        case name, digest, size, type, encoding, attempt, inline
        case createdAt = "created_at"
    }
}
