package import FlowModel
import GRDB

extension RunLedger {
    /// The tasks of a run that succeeded, in the order of their ids.
    ///
    /// - Parameter step: only those of one step.
    package func finishedTasks(of run: RunKey, step: StepName? = nil) throws(LedgerError) -> [FinishedTaskRecord] {
        try reading(run) { database, row in
            let condition = step == nil ? "" : "AND task.step = ?"
            let arguments: StatementArguments = step.map { [row, $0.text] } ?? [row]
            let sql = """
                SELECT task.id, task.step, task.frames, task.iteration, done.number, done.transition
                FROM task JOIN attempt AS done ON done.run = task.run AND done.task = task.id AND done.number =
                    (SELECT max(number) FROM attempt
                    WHERE run = task.run AND task = task.id AND finished_at IS NOT NULL)
                WHERE task.run = ? \(condition) AND done.succeeded ORDER BY task.id
                """
            return try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments).map { row in
                FinishedTaskRecord(
                    task: try row.task("id"), step: StepName(try row.required("step")),
                    attempt: try row.attempt("number"), frames: try row.required("frames"),
                    iteration: try row.optional("iteration"), outcome: try row.optional("transition"))
            }
        } ?? []
    }

    /// The tasks that took a task's results, in the order of their ids.
    ///
    /// Inputs are kept as one text for each task, so this looks at every later task of the run.
    package func consumers(of key: TaskKey) throws(LedgerError) -> [TaskRecord] {
        try tasks(of: key.run).filter { $0.inputs.contains(key.task) }.reversed()
    }
}
