import Datastore
import FlowModel
import GRDB

/// Cards.
extension EntryWriter {
    /// A page that is rendered again, as while the task runs, takes the place of the earlier one with its hash.
    mutating func write(_ card: CardEntry, of attempt: AttemptKey) throws {
        try execute(
            """
            INSERT OR REPLACE INTO card (run, task, attempt, part, type, id, hash, digest, size, created_at)
            SELECT ?1, ?2, ?3,
                coalesce(
                    (SELECT part FROM card WHERE run = ?1 AND task = ?2 AND attempt = ?3 AND hash = ?6),
                    max(part) + 1, 0),
                ?4, ?5, ?6, ?7, ?8, ?9
            FROM card WHERE run = ?1 AND task = ?2 AND attempt = ?3
            """,
            [
                try runRow(), attempt.task.column, attempt.attempt.value, card.type, card.id, card.hash,
                card.digest.column, card.size, card.at.microseconds,
            ])
    }

    mutating func write(_ data: CardDataEntry, of attempt: AttemptKey) throws {
        try execute(
            """
            INSERT OR REPLACE INTO card_data (run, task, attempt, type, id, digest, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                try runRow(), attempt.task.column, attempt.attempt.value, data.type, data.id ?? "", data.digest.column,
                data.at.microseconds,
            ])
    }
}
