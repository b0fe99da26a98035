import Datastore
package import Digests
package import FlowModel
import GRDB

extension RunLedger {
    /// The cards of a task's attempt, in the order in which they were made.
    ///
    /// - Parameters:
    ///   - attempt: the newest one without it.
    ///   - followingClones: whether a clone has the cards of the task that it stands for.
    package func cards(
        of key: TaskKey, attempt: AttemptNumber? = nil, followingClones: Bool = true
    ) throws(LedgerError) -> [CardRecord] {
        guard let task = try task(key) else { return [] }
        if followingClones, task.isClone, let origin = task.origin {
            let originKey = TaskKey(run: RunKey(flow: key.run.flow, run: origin.run), task: origin.task)
            // The clone has copies where its origin was deleted.
            if try self.task(originKey) != nil { return try cards(of: originKey) }
        }
        guard let number = attempt ?? task.attempt else { return [] }
        return try reading(key.run) { database, row in
            let statement = try database.cachedStatement(
                sql: "SELECT * FROM card WHERE run = ? AND task = ? AND attempt = ? ORDER BY part")
            return try Row.fetchAll(statement, arguments: [row, key.task.column, number.value]).map {
                CardRecord(card: try Self.cardEntry($0), attempt: number, task: key, step: task.step)
            }
        } ?? []
    }

    /// What a card showed last while its task ran, as a blob of JSON.
    package func cardData(
        of key: TaskKey, attempt: AttemptNumber, type: String, id: String?
    ) throws(LedgerError) -> SHA256Digest? {
        try reading(key.run) { database, row in
            let statement = try database.cachedStatement(
                sql: "SELECT digest FROM card_data WHERE run = ? AND task = ? AND attempt = ? AND type = ? AND id = ?")
            return try Row.fetchOne(statement, arguments: [row, key.task.column, attempt.value, type, id ?? ""])
                .map { try $0.digest("digest") }
        } ?? nil
    }

    private static func cardEntry(_ row: Row) throws -> CardEntry {
        CardEntry(
            type: try row.required("type"), id: try row.optional("id"), hash: try row.required("hash"),
            digest: try row.digest("digest"), size: try row.required("size"), at: try row.time("created_at"))
    }
}
