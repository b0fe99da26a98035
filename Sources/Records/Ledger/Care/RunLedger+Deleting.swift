import Datastore
package import FlowModel
import GRDB

extension RunLedger {
    /// Takes the records of a run out of the ledger: tasks, attempts, artifacts, metadata, cards, tags, snapshot.
    ///
    /// Runs that resumed this one get copies of what they have from it. Blobs and the log stay where they are.
    ///
    /// - Returns: whether there was such a run.
    package func delete(_ run: RunKey) throws(LedgerError) -> Bool {
        let heirs = try RunHeirs(of: run, in: self)
        return try connection.writeDurably { database in
            guard let row = try EntryWriter.findRow(of: run, in: database) else { return false }
            try heirs.settle(row, in: database)
            for table in ["artifact", "metadata", "card", "card_data", "snapshot", "attempt", "task", "step", "tag"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [row])
            }
            try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [row])
            // What a remote has not got yet it need not get any more.
            try database.execute(
                sql: "DELETE FROM outbox WHERE flow = ? AND run = ?", arguments: [run.flow.text, run.run.text])
            return true
        }
    }

    /// Runs that go on and have results of this one: resumed or spun from it.
    package func runningHeirs(of run: RunKey) throws(LedgerError) -> [RunRecord] {
        try runRecords(
            "SELECT * FROM run WHERE flow = ? AND origin_run = ? AND finished_at IS NULL", [run.flow.text, run.run.text]
        ).filter { $0.state == .running }
    }
}

/// What other runs have from a run that is to be deleted, in the end as their own.
private struct RunHeirs {
    private struct Clone {
        var run: RunKey
        var task: TaskID
        var origin: TaskID
        var metadata: [MetadataRecord]
        var cards: [CardRecord]
    }

    private var clones: [Clone] = []

    /// Collects what clones show of their origins, which the ledger gives only as long as these are there.
    init(of run: RunKey, in ledger: RunLedger) throws(LedgerError) {
        for heir in try ledger.runRecords("SELECT * FROM run WHERE flow = ? AND origin_run = ?", [run.flow.text, run.run.text]) {
            for task in try ledger.tasks(of: heir.key) where task.isClone {
                guard let origin = task.origin, origin.run == run.run else { continue }
                let key = TaskKey(run: heir.key, task: task.task)
                clones.append(
                    Clone(
                        run: heir.key, task: task.task, origin: origin.task,
                        metadata: try ledger.metadata(beneath: key), cards: try ledger.cards(of: key)))
            }
        }
    }

    /// - Parameter row: the row of the run that is to be deleted.
    func settle(_ row: Int64, in database: Database) throws {
        let inheriting = try Row.fetchAll(
            database, sql: "SELECT run, task, number FROM attempt WHERE base_run = ? AND run <> ?", arguments: [row, row])
        for attempt in inheriting {
            let key = AttemptKey(task: try attempt.task("task"), attempt: try attempt.attempt("number"))
            try copyArtifacts(of: AttemptRow(run: try attempt.required("run"), key: key), in: database)
        }
        for clone in clones { try copyFacts(of: clone, from: row, in: database) }
    }

    private func copyArtifacts(of attempt: AttemptRow, in database: Database) throws {
        for artifact in try ArtifactReader(database: database).artifacts(of: attempt) {
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO artifact (run, task, attempt, name, digest, size, type, encoding, is_own)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: attempt.arguments + [
                    artifact.name, artifact.digest.column, artifact.size, artifact.type, artifact.encoding, artifact.isOwn,
                ])
        }
        try database.execute(
            sql: """
                UPDATE attempt SET base_run = NULL, base_task = NULL, base_number = NULL
                WHERE run = ? AND task = ? AND number = ?
                """, arguments: attempt.arguments)
    }

    private func copyFacts(of clone: Clone, from row: Int64, in database: Database) throws {
        var writer = EntryWriter(database: database, run: clone.run, row: nil)
        let key = AttemptKey(task: clone.task, attempt: 0)
        for facts in clone.metadata.chunked(by: \.createdAt) {
            guard let time = facts.first?.createdAt else { continue }
            try writer.write(facts.map(\.entry), of: key, at: time)
        }
        for record in clone.cards { try writer.write(record.card, of: key) }
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO card_data (run, task, attempt, type, id, digest, created_at)
                SELECT ?, ?, 0, type, id, digest, created_at FROM card_data WHERE run = ? AND task = ?
                """,
            arguments: [try writer.runRow(), clone.task.column, row, clone.origin.column])
    }
}

extension Array {
    /// Neighbours that are alike, together.
    fileprivate func chunked<Value: Equatable>(by value: (Element) -> Value) -> [[Element]] {
        reduce(into: []) { chunks, element in
            if let last = chunks.last?.last, value(last) == value(element) {
                chunks[chunks.count - 1].append(element)
            } else {
                chunks.append([element])
            }
        }
    }
}
