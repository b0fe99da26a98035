import Datastore
import FlowModel
import GRDB

/// Reads a recorded run back as the entries that would record it. Its tags are those that it has now.
struct RunExport {
    let database: Database
    let run: RunKey
    let row: Int64

    func entries() throws -> [LedgerEntry] {
        var entries = try beginning()
        let tasks = try Row.fetchAll(database, sql: "SELECT * FROM task WHERE run = ? ORDER BY id", arguments: [row])
        for task in tasks { entries.append(.taskCreated(try creation(task))) }
        // An attempt comes after those that it inherits from.
        let attempts = try Row.fetchAll(
            database,
            sql: """
                SELECT attempt.*, flow, name FROM attempt LEFT JOIN run ON run.id = attempt.base_run
                WHERE attempt.run = ? ORDER BY attempt.started_at, attempt.task, attempt.number
                """,
            arguments: [row])
        for attempt in attempts { entries += try self.entries(of: attempt) }
        return entries + (try end())
    }

    // MARK: The run

    private func beginning() throws -> [LedgerEntry] {
        guard let columns = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [row]) else { return [] }
        let beginning = RunBeginning(
            at: try columns.time("created_at"), username: try columns.required("username"),
            userTags: try RunLedger.tags(of: row, isSystem: false, database),
            systemTags: try RunLedger.tags(of: row, isSystem: true, database),
            originRun: try columns.optional("origin_run", as: String.self).map { RunID($0) },
            metadata: MetadataList.entries(try columns.required("metadata")) ?? [],
            kind: RunKind(rawValue: try columns.required("kind")) ?? .ordinary,
            configuration: try columns.optional("configuration"))
        var entries: [LedgerEntry] = [.runBegan(beginning)]
        if let script: String = try columns.optional("code_script") {
            entries.append(
                .codePackage(
                    CodePackageRecord(
                        digest: try columns.digest("code_digest"), script: script,
                        metadata: try columns.required("code_metadata"))))
        }
        let snapshots = try RunLedger.snapshots(of: row, database)
        return snapshots.isEmpty ? entries : entries + [.snapshot(snapshots)]
    }

    private func end() throws -> [LedgerEntry] {
        let columns = try Row.fetchOne(
            database, sql: "SELECT finished_at, succeeded, end_task FROM run WHERE id = ?", arguments: [row])
        guard let columns, let finished = try columns.optionalTime("finished_at") else { return [] }
        let end = RunEnd(
            at: finished, succeeded: try columns.required("succeeded"), endTask: try columns.optionalTask("end_task"))
        return [.runEnded(end)]
    }

    private func creation(_ task: Row) throws -> TaskCreation {
        TaskCreation(
            task: try task.task("id"), step: StepName(try task.required("step")), at: try task.time("created_at"),
            index: try task.optional("split_index"), frames: try task.required("frames"),
            inputs: TaskList.tasks(try task.required("inputs")) ?? [], origin: try origin(task),
            iteration: try task.optional("iteration"))
    }

    private func origin(_ task: Row) throws -> TaskOrigin? {
        guard let run: String = try task.optional("origin_run"), let origin = try task.optionalTask("origin_task") else {
            return nil
        }
        return TaskOrigin(run: RunID(run), task: origin)
    }

    // MARK: An attempt

    private func entries(of attempt: Row) throws -> [LedgerEntry] {
        let key = AttemptKey(task: try attempt.task("task"), attempt: try attempt.attempt("number"))
        let arguments: StatementArguments = [row, key.task.column, key.attempt.value]
        var entries: [LedgerEntry] = [
            .attemptBegan(
                AttemptBeginning(
                    attempt: key, at: try attempt.time("started_at"), inherits: try base(of: attempt),
                    logStart: try attempt.required("log_start"), isClone: try attempt.required("is_clone")))
        ]
        entries += try metadata(of: key, arguments)
        let artifacts = try rows("artifact", arguments, order: "name").map(Self.artifact)
        if !artifacts.isEmpty { entries.append(.artifacts(key, artifacts)) }
        if let finished = try attempt.optionalTime("finished_at") {
            entries.append(
                .attemptEnded(
                    AttemptEnd(
                        attempt: key, at: finished, succeeded: try attempt.required("succeeded"),
                        exitStatus: try attempt.optional("exit_status"), transition: try attempt.optional("transition"),
                        exception: try attempt.optional("exception"), logEnd: try attempt.optional("log_end") ?? 0,
                        caught: try attempt.required("caught"))))
        }
        return entries + (try cards(of: key, arguments))
    }

    private func base(of attempt: Row) throws -> AttemptReference? {
        guard let task = try attempt.optionalTask("base_task"), let name: String = try attempt.optional("name") else {
            return nil
        }
        let key = AttemptKey(task: task, attempt: try attempt.attempt("base_number"))
        return AttemptReference(run: name == run.run.text ? nil : RunID(name), key)
    }

    private func metadata(of attempt: AttemptKey, _ arguments: StatementArguments) throws -> [LedgerEntry] {
        try rows("metadata", arguments, order: "part").map { part in
            .metadata(
                attempt, MetadataList.entries(try part.required("items")) ?? [], at: try part.time("created_at"))
        }
    }

    private func cards(of attempt: AttemptKey, _ arguments: StatementArguments) throws -> [LedgerEntry] {
        let pages: [LedgerEntry] = try rows("card", arguments, order: "part").map { card in
            .card(
                attempt,
                CardEntry(
                    type: try card.required("type"), id: try card.optional("id"), hash: try card.required("hash"),
                    digest: try card.digest("digest"), size: try card.required("size"), at: try card.time("created_at")))
        }
        let shown: [LedgerEntry] = try rows("card_data", arguments, order: "type, id").map { data in
            let id: String = try data.required("id")
            return .cardData(
                attempt,
                CardDataEntry(
                    type: try data.required("type"), id: id.isEmpty ? nil : id, digest: try data.digest("digest"),
                    at: try data.time("created_at")))
        }
        return pages + shown
    }

    private func rows(_ table: String, _ arguments: StatementArguments, order: String) throws -> [Row] {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM \(table) WHERE run = ? AND task = ? AND attempt = ? ORDER BY \(order)")
        return try Row.fetchAll(statement, arguments: arguments)
    }

    private static func artifact(_ row: Row) throws -> ArtifactEntry {
        var entry = ArtifactEntry(
            name: try row.required("name"), digest: try row.digest("digest"), size: try row.required("size"),
            type: try row.required("type"), encoding: try row.required("encoding"))
        entry.isOwn = try row.required("is_own")
        return entry
    }
}
