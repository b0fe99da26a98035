import Datastore
import FlowModel
import FoundationEssentials
import GRDB
import Synchronization

extension RunLedger {
    /// Records facts about a run, all or none, in their order.
    ///
    /// Cost: about 0.1 ms for the transaction and 10 µs for a row; batch what comes together.
    package func commit(_ entries: [LedgerEntry], of run: RunKey) throws(LedgerError) {
        if entries.isEmpty { return }
        let lines = try remote == nil ? nil : outboxLines(of: entries)
        let row = try connection.write { database in
            var writer = EntryWriter(database: database, run: run, row: cachedRow(of: run))
            for entry in entries { try writer.write(entry) }
            if let remote, let lines {
                var isBeginning = false
                if case .runBegan = entries.first { isBeginning = true }
                try post(lines, of: run, isBeginning: isBeginning, to: remote, database)
            }
            return writer.row
        }
        // Only now: a transaction that failed has made no row.
        if let row { remember(row, of: run) }
    }

    /// Changes the person's tags in one step.
    ///
    /// - Returns: the run as it is then; `nil` when there is none.
    /// - Throws: `TagError` when the change breaks a rule, which leaves all as it is; `LedgerError`.
    package func editTags(of run: RunKey, _ edit: TagEdit) throws -> RunRecord? {
        let outcome: Result<RunRecord?, TagError> = try connection.write { database in
            guard let row = try EntryWriter.findRow(of: run, in: database) else { return .success(nil) }
            let before = Set(try Self.tags(of: row, isSystem: false, database))
            let systemTags = Set(try Self.tags(of: row, isSystem: true, database))
            let after: Set<String>
            do throws(TagError) {
                after = try edit.applied(to: before, systemTags: systemTags)
            } catch {
                return .failure(error)
            }
            for tag in before.subtracting(after) {
                try database.execute(
                    literal: "DELETE FROM tag WHERE run = \(row) AND is_system = 0 AND tag = \(tag)")
            }
            for tag in after.subtracting(before) {
                try database.execute(literal: "INSERT INTO tag (run, is_system, tag) VALUES (\(row), 0, \(tag))")
            }
            let change = TagEdit(
                adding: after.subtracting(before).sorted(), removing: before.subtracting(after).sorted())
            if let remote, change != TagEdit() {
                try post(EntryLines.text([.tags(change)]), of: run, isBeginning: false, to: remote, database)
            }
            // As of this change: others may follow at once.
            return .success(try record(row, database))
        }
        return try outcome.get()
    }

    /// The same with the tags named apart.
    package func editTags(of run: RunKey, adding: [String], removing: [String]) throws -> RunRecord? {
        try editTags(of: run, TagEdit(adding: adding, removing: removing))
    }

    private func outboxLines(of entries: [LedgerEntry]) throws(LedgerError) -> Data {
        do {
            return try EntryLines.text(entries)
        } catch {
            throw LedgerError(path: connection.path, .system("an entry cannot be written as JSON: \(error)"))
        }
    }

    func cachedRow(of run: RunKey) -> Int64? {
        runRows.withLock { $0[run] }
    }

    func remember(_ row: Int64, of run: RunKey) {
        runRows.withLock { rows in
            // A reader may walk over any number of runs.
            if rows.count > 256 { rows.removeAll() }
            rows[run] = row
        }
    }
}
