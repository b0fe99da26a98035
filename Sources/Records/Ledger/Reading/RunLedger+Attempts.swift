package import FlowModel
import GRDB

/// An attempt of a run, as whoever goes on with the run needs to know it.
package struct RunAttemptRecord: Sendable, Hashable {
    package var step: StepName
    package var key: AttemptKey
    /// The foreach stack as JSON; empty outside of a foreach.
    package var frames: String
    package var isClone: Bool
    /// Whether it is over.
    package var isFinished: Bool
    package var isSuccessful: Bool
    package var exitStatus: Int32?
    /// What its result said, as JSON.
    package var outcome: String?
    package var exception: String?
}

extension RunLedger {
    /// All attempts of a run, without that of the parameters: those that are over in the order in which they ended, then the others
    /// in that in which they began.
    package func allAttempts(of run: RunKey) throws(LedgerError) -> [RunAttemptRecord] {
        try reading(run) { database, row in
            let sql = """
                SELECT task.step, task.frames, attempt.task, attempt.number, attempt.is_clone, attempt.finished_at,
                    attempt.succeeded, attempt.exit_status, attempt.transition, attempt.exception
                FROM attempt JOIN task ON task.run = attempt.run AND task.id = attempt.task
                WHERE attempt.run = ? AND task.step <> ?
                ORDER BY attempt.finished_at IS NULL, attempt.finished_at, attempt.started_at, attempt.task, attempt.number
                """
            return try Row.fetchAll(database, sql: sql, arguments: [row, StepName.parameters.text]).map { row in
                let finished: Int64? = try row.optional("finished_at")
                return RunAttemptRecord(
                    step: StepName(try row.required("step")),
                    key: AttemptKey(task: try row.task("task"), attempt: try row.attempt("number")),
                    frames: try row.required("frames"), isClone: try row.required("is_clone"), isFinished: finished != nil,
                    isSuccessful: try row.optional("succeeded") ?? false, exitStatus: try row.optional("exit_status"),
                    outcome: try row.optional("transition"), exception: try row.optional("exception"))
            }
        } ?? []
    }
}
