import Datastore
import FlowModel
import FoundationEssentials
import GRDB

/// Tasks and attempts.
extension EntryWriter {
    /// Attempts that inherit from one another form a chain; beyond this length the next holds copies of all rows, so
    /// that reading stays quick in a long loop.
    static let longestChain = 32

    mutating func create(_ task: TaskCreation) throws {
        let row = try runRow()
        try execute(
            "INSERT OR IGNORE INTO step (run, name, created_at) VALUES (?, ?, ?)",
            [row, task.step.text, task.at.microseconds])
        try execute(
            """
            \(insert) INTO task (run, id, step, created_at, split_index, frames, inputs, origin_run, origin_task, iteration)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                row, task.task.column, task.step.text, task.at.microseconds, task.index, task.frames,
                TaskList.text(task.inputs), task.origin?.run.text, task.origin?.task.column ?? .null, task.iteration,
            ])
    }

    mutating func begin(_ beginning: AttemptBeginning) throws {
        let row = try runRow()
        let base = try beginning.inherits.flatMap { try resolve($0, row) }
        let depth = try base.map { try self.depth(of: $0) + 1 } ?? 0
        let isCopied = depth > Self.longestChain
        let inherited = isCopied ? nil : base
        try execute(
            """
            \(insert) INTO attempt
                (run, task, number, started_at, log_start, base_run, base_task, base_number, depth, is_clone)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                row, beginning.attempt.task.column, beginning.attempt.attempt.value, beginning.at.microseconds,
                beginning.logStart, inherited?.run, inherited?.key.task.column ?? .null, inherited?.key.attempt.value,
                isCopied ? 0 : depth, beginning.isClone,
            ])
        guard isCopied, let base else { return }
        for artifact in try ArtifactReader(database: database).artifacts(of: base) {
            let entry = ArtifactEntry(
                name: artifact.name, digest: artifact.digest, size: artifact.size, type: artifact.type,
                encoding: artifact.encoding)
            try write(entry, of: beginning.attempt, isOwn: beginning.isClone && artifact.isOwn)
        }
    }

    /// `nil` for an imported reference to a run that is nowhere any more.
    private func resolve(_ reference: AttemptReference, _ row: Int64) throws -> AttemptRow? {
        guard let other = reference.run, other != run.run else { return AttemptRow(run: row, key: reference.attempt) }
        let key = RunKey(flow: run.flow, run: other)
        guard let otherRow = try Self.findRow(of: key, in: database) else {
            if imported != nil { return nil }
            throw LedgerError(path: "", .unknownRun("\(key.flow)/\(key.run)"))
        }
        return AttemptRow(run: otherRow, key: reference.attempt)
    }

    private func depth(of base: AttemptRow) throws -> Int {
        let statement = try database.cachedStatement(
            sql: "SELECT depth FROM attempt WHERE run = ? AND task = ? AND number = ?")
        return try Int.fetchOne(statement, arguments: base.arguments) ?? 0
    }

    mutating func finish(_ end: AttemptEnd) throws {
        try execute(
            """
            UPDATE attempt SET finished_at = ?, succeeded = ?, exit_status = ?, transition = ?, exception = ?, log_end = ?,
                caught = ?
            WHERE run = ? AND task = ? AND number = ?
            """,
            [
                end.at.microseconds, end.succeeded, end.exitStatus, end.transition, end.exception,
                end.logEnd, end.caught, try runRow(), end.attempt.task.column, end.attempt.attempt.value,
            ])
    }

    mutating func write(_ artifact: ArtifactEntry, of attempt: AttemptKey, isOwn: Bool = true) throws {
        try execute(
            """
            INSERT OR REPLACE INTO artifact (run, task, attempt, name, digest, size, type, encoding, is_own)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                try runRow(), attempt.task.column, attempt.attempt.value, artifact.name, artifact.digest.column,
                artifact.size, artifact.type, artifact.encoding, isOwn,
            ])
    }

    mutating func write(_ entries: [MetadataEntry], of attempt: AttemptKey, at time: WallTime) throws {
        if entries.isEmpty { return }
        let key: [any DatabaseValueConvertible] = [try runRow(), attempt.task.column, attempt.attempt.value]
        try execute(
            """
            INSERT INTO metadata (run, task, attempt, part, created_at, items)
            SELECT ?1, ?2, ?3, coalesce(max(part) + 1, 0), ?4, ?5
            FROM metadata WHERE run = ?1 AND task = ?2 AND attempt = ?3
            """,
            StatementArguments(key + [time.microseconds, MetadataList.text(entries)]))
    }
}

/// An attempt by the row of its run.
struct AttemptRow {
    var run: Int64
    var key: AttemptKey

    var arguments: StatementArguments { [run, key.task.column, key.attempt.value] }
}
