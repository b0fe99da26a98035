package import Datastore
package import Digests
package import FlowModel
import GRDB

/// What is recorded of blobs, beside what runs need of them.
package struct BlobNeeds: Sendable {
    /// Blobs that a record mentions, in the order of where they are.
    package var recorded: [StoredBlob] = []
    /// What records mention without saying where it is.
    package var unplaced: [SHA256Digest] = []
}

extension RunLedger {
    /// The blobs that runs need: artifacts, own and inherited, code, cards and snapshots.
    ///
    /// - Parameter runs: all of them without it.
    package func neededBlobs(of runs: [RunKey]? = nil) throws(LedgerError) -> BlobNeeds {
        try connection.snapshot { database in
            try NeedsTable(database).fill(runs: runs)
            defer { try? NeedsTable(database).drop() }
            let sql = """
                SELECT needed.digest AS needed, blob.digest, size, codec, pack.name AS pack, position, length
                FROM temp.needed LEFT JOIN blob ON blob.digest = needed.digest LEFT JOIN pack ON pack.id = blob.pack
                ORDER BY pack.name, position, needed.digest
                """
            var needs = BlobNeeds()
            let rows = try Row.fetchCursor(database, sql: sql)
            while let row = try rows.next() {
                if row.hasNull(atIndex: 1) {
                    needs.unplaced.append(try row.digest("needed"))
                } else {
                    needs.recorded.append(try Self.storedBlob(row))
                }
            }
            return needs
        }
    }

    /// The blobs that no run needs, in the order of where they are.
    package func unneededBlobs() throws(LedgerError) -> [StoredBlob] {
        try connection.snapshot { database in try Self.unneededBlobs(database) }
    }

    /// Forgets where the blobs are that no run needs. When this returns, the disk knows it: their bytes can go.
    ///
    /// - Returns: those that were forgotten, in the order of where they are.
    package func forgetUnneededBlobs() throws(LedgerError) -> [StoredBlob] {
        try connection.writeDurably { database in
            let blobs = try Self.unneededBlobs(database)
            for blob in blobs {
                try database.cachedStatement(sql: "DELETE FROM blob WHERE digest = ?").execute(arguments: [blob.digest.column])
            }
            try database.execute(sql: "DELETE FROM pack WHERE id NOT IN (SELECT pack FROM blob WHERE pack IS NOT NULL)")
            return blobs
        }
    }

    /// What a remote is known to hold and no run needs.
    package func unneededBlobs(in remote: LedgerRemote) throws(LedgerError) -> [SHA256Digest] {
        try connection.snapshot { database in
            try NeedsTable(database).fill(runs: nil)
            defer { try? NeedsTable(database).drop() }
            let sql = "SELECT digest FROM remote_blob WHERE remote = ? AND digest NOT IN (SELECT digest FROM temp.needed)"
            return try Row.fetchAll(database, sql: sql, arguments: [remote.row]).map { try $0.digest("digest") }
        }
    }

    private static func unneededBlobs(_ database: Database) throws -> [StoredBlob] {
        try NeedsTable(database).fill(runs: nil)
        defer { try? NeedsTable(database).drop() }
        let sql = """
            SELECT digest, size, codec, pack.name AS pack, position, length
            FROM blob LEFT JOIN pack ON pack.id = blob.pack
            WHERE digest NOT IN (SELECT digest FROM temp.needed) ORDER BY pack.name, position, digest
            """
        return try Row.fetchAll(database, sql: sql).map(storedBlob)
    }

    /// All blobs that are recorded as being in packs, by pack, in the order in which they stand there.
    package func packedBlobs() throws(LedgerError) -> [String: [StoredBlob]] {
        try connection.access { database in
            let sql = """
                SELECT digest, size, codec, pack.name AS pack, position, length
                FROM blob JOIN pack ON pack.id = blob.pack ORDER BY pack.name, position
                """
            return Dictionary(grouping: try Row.fetchAll(database, sql: sql).map(Self.storedBlob)) { blob in
                if case .packed(let pack, _, _) = blob.place { pack } else { "" }
            }
        }
    }

    /// The digests of all blobs that are recorded as having files of their own, with how these are written.
    package func looseBlobs() throws(LedgerError) -> [SHA256Digest: BlobCodec] {
        try connection.access { database in
            let rows = try Row.fetchAll(database, sql: "SELECT digest, size, codec, NULL AS pack FROM blob WHERE pack IS NULL")
            return Dictionary(try rows.map(Self.storedBlob).map { ($0.digest, $0.codec) }) { first, _ in first }
        }
    }

    /// Every run, of any kind.
    package func allRuns() throws(LedgerError) -> [RunKey] {
        try connection.access { database in
            try Row.fetchAll(database, sql: "SELECT flow, name FROM run").map { row in
                RunKey(flow: FlowName(try row.required("flow")), run: RunID(try row.required("name")))
            }
        }
    }
}

/// A table of digests that lives as long as one question.
private struct NeedsTable {
    let database: Database

    init(_ database: Database) {
        self.database = database
    }

    func fill(runs: [RunKey]?) throws {
        try database.execute(sql: "CREATE TEMP TABLE needed (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        guard let runs else {
            try insert("SELECT digest FROM artifact")
            try insert(Self.others(""))
            return
        }
        for run in runs {
            guard let row = try EntryWriter.findRow(of: run, in: database) else { continue }
            try insert(
                """
                WITH RECURSIVE place (run, task, number) AS (
                    SELECT run, task, number FROM attempt WHERE run = :run
                    UNION
                    SELECT attempt.base_run, attempt.base_task, attempt.base_number
                    FROM place JOIN attempt ON attempt.run = place.run AND attempt.task = place.task
                        AND attempt.number = place.number
                    WHERE attempt.base_run IS NOT NULL)
                SELECT digest FROM place CROSS JOIN artifact ON artifact.run = place.run AND artifact.task = place.task
                    AND artifact.attempt = place.number
                """, ["run": row])
            try insert(Self.others("AND run = :run"), ["run": row])
        }
    }

    /// What is needed besides artifacts.
    private static func others(_ condition: String) -> String {
        """
        SELECT digest FROM card WHERE TRUE \(condition)
        UNION ALL SELECT digest FROM card_data WHERE TRUE \(condition)
        UNION ALL SELECT digest FROM snapshot WHERE TRUE \(condition)
        UNION ALL SELECT code_digest FROM run
            WHERE code_digest IS NOT NULL \(condition.replacing("run =", with: "id ="))
        """
    }

    private func insert(_ select: String, _ arguments: StatementArguments = []) throws {
        try database.execute(sql: "INSERT OR IGNORE INTO temp.needed (digest) \(select)", arguments: arguments)
    }

    func drop() throws {
        try database.execute(sql: "DROP TABLE IF EXISTS temp.needed")
    }
}
