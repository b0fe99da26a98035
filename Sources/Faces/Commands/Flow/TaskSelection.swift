import Diagnostics
import FlowModel
import Ledger
import WorkerProtocol

/// The tasks that `RUN/STEP` or `RUN/STEP/TASK` names; none where nothing of that kind was recorded.
struct TaskSelection {
    /// Nothing where nothing was ever run.
    let records: RunRecords?
    /// `Flow/run/step` or `Flow/run/step/task`.
    let path: String
    let run: RunKey
    /// In the order of their ids.
    let tasks: [(key: TaskKey, record: TaskRecord)]

    init(_ text: String, in session: FlowSession) throws {
        let flow = try session.hello().flow.name
        let path = try Pathspec(parsing: text, within: flow)
        guard let runID = path.run, let step = path.step, path.artifact == nil else {
            throw TaskSelectionError.wrongDepth(text)
        }
        self.path = path.description
        records = try session.existingRecords()
        run = RunKey(flow: flow, run: runID)
        guard let ledger = records?.ledger else {
            tasks = []
            return
        }
        let key = run
        if let task = path.task {
            let found = try ledger.task(TaskKey(run: key, task: task)).flatMap { $0.step == step ? $0 : nil }
            tasks = found.map { [(TaskKey(run: key, task: $0.task), $0)] } ?? []
        } else {
            tasks = try ledger.tasks(of: key, step: step).sorted { $0.task < $1.task }.map {
                (TaskKey(run: key, task: $0.task), $0)
            }
        }
    }
}

/// Why a path names no tasks.
enum TaskSelectionError: DiagnosticError {
    case wrongDepth(String)
    case noTasks(String)
    case nothingToScrub(String)

    var diagnostic: Diagnostic {
        switch self {
        case .wrongDepth(let text):
            Diagnostic(.user, "'\(text)' does not name tasks", help: "write RUN/STEP or RUN/STEP/TASK")
        case .noTasks(let path):
            Diagnostic(
                .user, "there are no tasks at \(path)",
                help: "none were ever made there, or none has begun; penstock runs lists the runs")
        case .nothingToScrub(let path):
            Diagnostic(
                .user, "there are no tasks at \(path) that have ended",
                help: "--include-not-done takes those that have not")
        }
    }
}
