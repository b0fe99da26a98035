import Datastore
package import FlowModel
import GRDB

extension RunLedger {
    /// The steps of a run that have tasks, in the order of their first ones.
    package func steps(of run: RunKey) throws(LedgerError) -> [StepRecord] {
        try stepRecords(of: run, "", [])
    }

    package func step(_ name: StepName, of run: RunKey) throws(LedgerError) -> StepRecord? {
        try stepRecords(of: run, "AND step.name = ?", [name.text]).first
    }

    /// The tasks of a run or of one of its steps, newest first.
    ///
    /// - Parameter before: only those that a listing has after this one.
    package func tasks(
        of run: RunKey, step: StepName? = nil, before: TaskID? = nil, limit: Int? = nil
    ) throws(LedgerError) -> [TaskRecord] {
        var condition = ""
        var arguments = StatementArguments()
        if let step {
            condition += " AND task.step = ?"
            arguments += [step.text]
        }
        if let before {
            condition += " AND task.id < ?"
            arguments += [before.column]
        }
        return try taskRecords(of: run, condition, arguments, limit: limit)
    }

    package func task(_ key: TaskKey) throws(LedgerError) -> TaskRecord? {
        try taskRecords(of: key.run, "AND task.id = ?", [key.task.column], limit: 1).first
    }

    /// The attempts at a task, oldest first.
    package func attempts(of key: TaskKey) throws(LedgerError) -> [AttemptRecord] {
        try reading(key.run) { database, row in
            let statement = try database.cachedStatement(
                sql: "SELECT * FROM attempt WHERE run = ? AND task = ? ORDER BY number")
            let rows = try Row.fetchAll(statement, arguments: [row, key.task.column])
            return try rows.map(Self.attemptRecord)
        } ?? []
    }

    /// The metadata of a task: for each attempt what the run's tasks share, then what is the attempt's own. What a clone
    /// stands for comes before its own, as of its first attempt.
    package func metadata(of key: TaskKey) throws(LedgerError) -> [MetadataRecord] {
        try metadata(beneath: key) + ownMetadata(of: key)
    }

    /// What a clone has of the metadata of its origin; nothing for other tasks.
    func metadata(beneath key: TaskKey) throws(LedgerError) -> [MetadataRecord] {
        guard let task = try task(key), task.isClone, let origin = task.origin else { return [] }
        let found = try metadata(of: TaskKey(run: RunKey(flow: key.run.flow, run: origin.run), task: origin.task))
        let newest = found.map(\.attempt).max()
        return found.filter { $0.attempt == newest && $0.entry.name != "origin-run-id" }.map {
            MetadataRecord(entry: $0.entry, attempt: 0, createdAt: $0.createdAt)
        }
    }

    private func ownMetadata(of key: TaskKey) throws(LedgerError) -> [MetadataRecord] {
        try reading(key.run) { database, row in
            let shared = try Self.entries(
                String.fetchOne(database, sql: "SELECT metadata FROM run WHERE id = ?", arguments: [row]))
            let own = try Row.fetchAll(
                database,
                sql: "SELECT attempt, created_at, items FROM metadata WHERE run = ? AND task = ? ORDER BY attempt, part",
                arguments: [row, key.task.column])
            let attempts = try Row.fetchAll(
                database, sql: "SELECT number, started_at FROM attempt WHERE run = ? AND task = ? ORDER BY number",
                arguments: [row, key.task.column])
            return try attempts.flatMap { attempt in
                let number = try attempt.attempt("number")
                let time = try attempt.time("started_at")
                return shared.map { MetadataRecord(entry: $0, attempt: number, createdAt: time) }
                    + (try Self.records(own, of: number))
            }
        } ?? []
    }

    private static func records(_ rows: [Row], of attempt: AttemptNumber) throws -> [MetadataRecord] {
        try rows.filter { try $0.attempt("attempt") == attempt }.flatMap { row in
            let time = try row.time("created_at")
            return try entries(row.required("items", as: String.self)).map {
                MetadataRecord(entry: $0, attempt: attempt, createdAt: time)
            }
        }
    }

    private static func entries(_ text: String?) throws -> [MetadataEntry] {
        guard let entries = MetadataList.entries(text ?? "[]") else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "metadata cannot be read")
        }
        return entries
    }

    private func stepRecords(
        of run: RunKey, _ condition: String, _ arguments: StatementArguments
    ) throws(LedgerError) -> [StepRecord] {
        try reading(run) { database, row in
            let sql = """
                SELECT step.name, step.created_at, count(*) AS tasks, count(newest.finished_at) AS ended,
                    max(newest.finished_at) AS finished_at
                FROM step JOIN task ON task.run = step.run AND task.step = step.name
                \(Self.newestAttempt)
                WHERE step.run = ? \(condition) GROUP BY step.name ORDER BY step.created_at, min(task.id)
                """
            return try Row.fetchAll(database.cachedStatement(sql: sql), arguments: [row] + arguments).map { columns in
                let tasks: Int = try columns.required("tasks")
                let isFinished = try tasks == columns.required("ended")
                return StepRecord(
                    name: StepName(try columns.required("name")), createdAt: try columns.time("created_at"),
                    finishedAt: isFinished ? try columns.optionalTime("finished_at") : nil, taskCount: tasks)
            }
        } ?? []
    }

    private static let newestAttempt = """
        LEFT JOIN attempt AS newest ON newest.run = task.run AND newest.task = task.id AND newest.number =
            (SELECT max(number) FROM attempt WHERE run = task.run AND task = task.id)
        """

    private func taskRecords(
        of run: RunKey, _ condition: String, _ arguments: StatementArguments, limit: Int?
    ) throws(LedgerError) -> [TaskRecord] {
        try reading(run) { database, row in
            let sql = """
                SELECT task.*, newest.number AS newest, done.number AS done, done.succeeded, done.caught, done.finished_at,
                    newest.is_clone
                FROM task \(Self.newestAttempt)
                LEFT JOIN attempt AS done ON done.run = task.run AND done.task = task.id AND done.number =
                    (SELECT max(number) FROM attempt
                    WHERE run = task.run AND task = task.id AND finished_at IS NOT NULL)
                WHERE task.run = ? \(condition) ORDER BY task.id DESC LIMIT ?
                """
            let rows = try Row.fetchAll(database.cachedStatement(sql: sql), arguments: [row] + arguments + [limit ?? -1])
            return try rows.map(Self.taskRecord)
        } ?? []
    }

    private static func taskRecord(_ row: Row) throws -> TaskRecord {
        guard let inputs = TaskList.tasks(try row.required("inputs")) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the inputs of a task cannot be read")
        }
        let originTask = try row.optionalTask("origin_task")
        return TaskRecord(
            task: try row.task("id"), step: StepName(try row.required("step")), createdAt: try row.time("created_at"),
            finishedAt: try row.optionalTime("finished_at"),
            attempt: try row.optional("newest", as: Int.self).map { AttemptNumber($0) },
            doneAttempt: try row.optional("done", as: Int.self).map { AttemptNumber($0) },
            isSuccessful: try row.optional("succeeded") ?? false, isCaught: try row.optional("caught") ?? false, index: try row.optional("split_index"),
            frames: try row.required("frames"), inputs: inputs,
            origin: try row.optional("origin_run", as: String.self).flatMap { run in
                originTask.map { TaskOrigin(run: RunID(run), task: $0) }
            },
            iteration: try row.optional("iteration"), isClone: try row.optional("is_clone") ?? false)
    }

    private static func attemptRecord(_ row: Row) throws -> AttemptRecord {
        let start: Int64 = try row.required("log_start")
        let end: Int64 = try row.optional("log_end") ?? .max
        return AttemptRecord(
            key: AttemptKey(task: try row.task("task"), attempt: try row.attempt("number")),
            startedAt: try row.time("started_at"), finishedAt: try row.optionalTime("finished_at"),
            isSuccessful: try row.required("succeeded"), exitStatus: try row.optional("exit_status"),
            transition: try row.optional("transition"), exception: try row.optional("exception"),
            logRange: start..<max(start, end))
    }
}
