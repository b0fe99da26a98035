import Datastore
package import FlowModel
import GRDB

/// Which runs are asked for.
package struct RunQuery: Sendable, Hashable {
    /// Tags that a run must all have, of the person's or the system's.
    package var tags: [String]
    /// Only runs that ended well.
    package var successfulOnly: Bool
    /// Only runs that do not resume another one.
    package var originalOnly: Bool
    package var kind: RunKind
    /// At most so many.
    package var limit: Int?

    package init(
        tags: [String] = [], successfulOnly: Bool = false, originalOnly: Bool = false, kind: RunKind = .ordinary,
        limit: Int? = nil
    ) {
        self.originalOnly = originalOnly
        self.kind = kind
        self.tags = tags
        self.successfulOnly = successfulOnly
        self.limit = limit
    }
}

extension RunLedger {
    /// The flows that have runs, by name.
    package func flows() throws(LedgerError) -> [FlowRecord] {
        try connection.access { database in
            try Row.fetchAll(database, sql: "SELECT flow, min(created_at) AS created_at FROM run GROUP BY flow ORDER BY flow")
                .map(Self.flowRecord)
        }
    }

    package func flow(_ name: FlowName) throws(LedgerError) -> FlowRecord? {
        try connection.access { database in
            try Row.fetchOne(
                database, sql: "SELECT flow, min(created_at) AS created_at FROM run WHERE flow = ? GROUP BY flow",
                arguments: [name.text]
            ).map(Self.flowRecord)
        }
    }

    /// The runs of a flow, newest first.
    package func runs(
        of flow: FlowName, matching query: RunQuery = RunQuery()
    ) throws(LedgerError) -> [RunRecord] {
        var conditions = ["flow = ?", "kind = ?"]
        var arguments: StatementArguments = [flow.text, query.kind.rawValue]
        if query.originalOnly { conditions.append("origin_run IS NULL") }
        if query.successfulOnly { conditions.append("succeeded AND finished_at IS NOT NULL") }
        for tag in query.tags {
            conditions.append("id IN (SELECT run FROM tag WHERE tag = ?)")
            arguments += [tag]
        }
        let sql = """
            SELECT * FROM run WHERE \(conditions.joined(separator: " AND ")) ORDER BY created_at DESC, id DESC LIMIT ?
            """
        return try runRecords(sql, arguments + [query.limit ?? -1])
    }

    package func run(_ key: RunKey) throws(LedgerError) -> RunRecord? {
        try runRecords("SELECT * FROM run WHERE flow = ? AND name = ?", [key.flow.text, key.run.text]).first
    }

    /// The newest run, whatever became of it.
    package func latestRun(of flow: FlowName) throws(LedgerError) -> RunRecord? {
        try runs(of: flow, matching: RunQuery(limit: 1)).first
    }

    /// The newest run that ended well.
    package func latestSuccessfulRun(of flow: FlowName) throws(LedgerError) -> RunRecord? {
        try runs(of: flow, matching: RunQuery(successfulOnly: true, limit: 1)).first
    }

    /// The code that a run used, where that was kept.
    package func codePackage(of run: RunKey) throws(LedgerError) -> CodePackageRecord? {
        try reading(run) { database, row in
            try Row.fetchOne(
                database, sql: "SELECT code_digest, code_script, code_metadata FROM run WHERE id = ?", arguments: [row]
            ).flatMap { columns in
                columns.hasNull(atIndex: 0) ? nil : CodePackageRecord(
                    digest: try columns.digest("code_digest"), script: try columns.required("code_script"),
                    metadata: try columns.required("code_metadata"))
            }
        } ?? nil
    }

    /// Reads of one run as of one moment; `nil` when there is no such run.
    func reading<Value>(
        _ run: RunKey, _ body: (Database, Int64) throws -> Value
    ) throws(LedgerError) -> Value? {
        try connection.snapshot { database in
            // Not as remembered: another process may have deleted the run, and a row is used again.
            guard let row = try EntryWriter.findRow(of: run, in: database) else { return nil }
            return try body(database, row)
        }
    }

    private static func flowRecord(_ row: Row) throws -> FlowRecord {
        FlowRecord(name: FlowName(try row.required("flow")), createdAt: try row.time("created_at"))
    }

    func runRecords(_ sql: String, _ arguments: StatementArguments) throws(LedgerError) -> [RunRecord] {
        try connection.snapshot { database in
            let rows = try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
            return try rows.map { try record($0, database) }
        }
    }

    /// A run by its row, as of the transaction at hand.
    func runRecord(_ row: Int64, in database: Database) throws -> RunRecord? {
        let statement = try database.cachedStatement(sql: "SELECT * FROM run WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [row]).map { try record($0, database) }
    }

    /// The run of a row of the table.
    func record(_ row: Int64, _ database: Database) throws -> RunRecord? {
        try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [row]).map { try record($0, database) }
    }

    private func record(_ row: Row, _ database: Database) throws -> RunRecord {
        let id: Int64 = try row.required("id")
        let key = RunKey(flow: FlowName(try row.required("flow")), run: RunID(try row.required("name")))
        let finished = try row.optionalTime("finished_at")
        return RunRecord(
            key: key, createdAt: try row.time("created_at"), finishedAt: finished,
            state: state(
                of: key, isFinished: finished != nil, succeeded: try row.required("succeeded"),
                isForeign: try row.optional("remote", as: Int64.self) != nil),
            username: try row.required("username"),
            userTags: try Self.tags(of: id, isSystem: false, database), systemTags: try Self.tags(of: id, isSystem: true, database),
            originRun: try row.optional("origin_run", as: String.self).map { RunID($0) },
            end: try row.optionalTask("end_task").flatMap { try place(of: $0, id, database) },
            endIsCaught: try row.optionalTask("end_task").map { try isCaught($0, id, database) } ?? false,
            kind: RunKind(rawValue: try row.required("kind")) ?? .ordinary,
            configuration: try row.optional("configuration"))
    }

    private func isCaught(_ task: TaskID, _ run: Int64, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT caught FROM attempt WHERE run = ? AND task = ? ORDER BY number DESC LIMIT 1")
        return try Bool.fetchOne(statement, arguments: [run, task.column]) ?? false
    }

    /// A run without an end goes on as long as its engine holds the lock of its log, or has lately been heard of in the remote.
    private func state(of key: RunKey, isFinished: Bool, succeeded: Bool, isForeign: Bool) -> RunState {
        if isFinished { return succeeded ? .succeeded : .failed }
        if isForeign { return isHeardOf(key) ? .running : .abandoned }
        let isAlive = RunLogReader.isBeingWritten(location, flow: key.flow.text, run: key.run.text)
        return isAlive ? .running : .abandoned
    }

    static func tags(of run: Int64, isSystem: Bool, _ database: Database) throws -> [String] {
        let statement = try database.cachedStatement(
            sql: "SELECT tag FROM tag WHERE run = ? AND is_system = ? ORDER BY tag")
        return try String.fetchAll(statement, arguments: [run, isSystem])
    }

    private func place(of task: TaskID, _ run: Int64, _ database: Database) throws -> TaskPlace? {
        let statement = try database.cachedStatement(sql: "SELECT step FROM task WHERE run = ? AND id = ?")
        return try String.fetchOne(statement, arguments: [run, task.column]).map {
            TaskPlace(step: StepName($0), task: task)
        }
    }
}
