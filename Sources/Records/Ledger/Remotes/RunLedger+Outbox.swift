package import Datastore
package import Digests
package import FlowModel
package import FoundationEssentials
import GRDB
import Synchronization

/// Entries of a run that a remote has not got yet: one transaction of this ledger.
package struct OutboxBatch: Sendable {
    /// In the order in which batches were committed.
    package var number: Int64
    /// JSON, one entry a line.
    package var lines: Data
    package var entries: [LedgerEntry]
}

/// What waits in an outbox for one run.
package struct OutboxRun: Sendable, Hashable {
    package var run: RunKey
    package var batches: Int
    /// Of entries, without the blobs that they mention.
    package var bytes: Int64
    /// When the oldest was committed.
    package var since: WallTime
}

extension RunLedger {
    /// The remotes that this project has ever written to or read from, by address.
    package func remotes() throws(LedgerError) -> [LedgerRemote] {
        try connection.access { database in
            try Row.fetchAll(database, sql: "SELECT * FROM remote ORDER BY address").map {
                LedgerRemote(
                    row: try $0.required("id"), address: try $0.required("address"), writer: try $0.required("writer"))
            }
        }
    }

    /// The runs that have something in the outbox, the one with the oldest first.
    package func outboxRuns(of remote: LedgerRemote) throws(LedgerError) -> [OutboxRun] {
        try connection.access { database in
            let sql = """
                SELECT flow, run, count(*) AS batches, sum(length(entries)) AS bytes, min(created_at) AS since
                FROM outbox WHERE remote = ? GROUP BY flow, run ORDER BY min(id)
                """
            return try Row.fetchAll(database.cachedStatement(sql: sql), arguments: [remote.row]).map {
                OutboxRun(
                    run: RunKey(flow: FlowName(try $0.required("flow")), run: RunID(try $0.required("run"))),
                    batches: try $0.required("batches"), bytes: try $0.required("bytes"), since: try $0.time("since"))
            }
        }
    }

    /// The oldest batches of a run in the outbox.
    ///
    /// - Parameter limit: bytes of entries after which no further batch is taken.
    package func outbox(of run: RunKey, for remote: LedgerRemote, limit: Int = 8 << 20) throws(LedgerError) -> [OutboxBatch] {
        let rows = try connection.access { database in
            let statement = try database.cachedStatement(
                sql: "SELECT id, entries FROM outbox WHERE remote = ? AND flow = ? AND run = ? ORDER BY id")
            let cursor = try Row.fetchCursor(statement, arguments: [remote.row, run.flow.text, run.run.text])
            var rows: [(Int64, Data)] = []
            var bytes = 0
            while bytes < limit, let row = try cursor.next() {
                let lines: Data = try row.required("entries")
                bytes += lines.count
                rows.append((try row.required("id"), lines))
            }
            return rows
        }
        var batches: [OutboxBatch] = []
        for (number, lines) in rows {
            guard let entries = try? EntryLines.entries(lines) else {
                throw LedgerError(path: connection.path, .damaged("entry \(number) of the outbox cannot be read"))
            }
            batches.append(OutboxBatch(number: number, lines: lines, entries: entries))
        }
        return batches
    }

    /// The remote has a record: the batches leave the outbox, and where blobs are is known.
    package func published(
        _ batches: [Int64], as number: Int, of run: RunKey, blobs: [StoredBlob], to remote: LedgerRemote
    ) throws(LedgerError) {
        try connection.write { database in
            for batch in batches {
                try database.cachedStatement(sql: "DELETE FROM outbox WHERE id = ?").execute(arguments: [batch])
            }
            try note(number, of: run, from: remote, database)
            let places = RemotePlaces(database: database, remote: remote.row)
            for blob in blobs { try places.note(blob) }
        }
    }

    /// Notes blobs that were stored in a remote and are not mentioned by a record yet.
    package func uploaded(_ blobs: [StoredBlob], to remote: LedgerRemote) throws(LedgerError) {
        try connection.write { database in
            let places = RemotePlaces(database: database, remote: remote.row)
            for blob in blobs { try places.note(blob) }
        }
    }

    /// Blobs as a remote keeps them, as far as this ledger knows.
    package func remoteBlobs(
        _ digests: some Collection<SHA256Digest>, in remote: LedgerRemote
    ) throws(LedgerError) -> [SHA256Digest: StoredBlob] {
        try connection.access { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT digest, size, codec, pack, position, length FROM remote_blob WHERE remote = ? AND digest = ?
                    """)
            var blobs: [SHA256Digest: StoredBlob] = [:]
            for digest in digests {
                guard let row = try Row.fetchOne(statement, arguments: [remote.row, digest.column]) else { continue }
                blobs[digest] = try Self.storedBlob(row)
            }
            return blobs
        }
    }

    /// A blob that was fetched is here now, elsewhere than where it was believed to be.
    package func moved(_ blob: StoredBlob) throws(LedgerError) {
        try connection.write { try EntryWriter(database: $0, run: RunKey(flow: "", run: ""), row: nil).write(blob) }
    }

    /// Forgets that a remote has blobs, as after it was found to lack them.
    package func forgetRemoteBlobs(_ digests: [SHA256Digest], in remote: LedgerRemote) throws(LedgerError) {
        try connection.write { database in
            let statement = try database.cachedStatement(sql: "DELETE FROM remote_blob WHERE remote = ? AND digest = ?")
            for digest in digests { try statement.execute(arguments: [remote.row, digest.column]) }
        }
    }

    /// Puts a run into the outbox that was recorded without the remote. Nothing happens when the remote has it, or will.
    ///
    /// - Returns: whether it was put there.
    package func post(_ run: RunKey, to remote: LedgerRemote) throws(LedgerError) -> Bool {
        try connection.write { database in
            guard let row = try EntryWriter.findRow(of: run, in: database), try !isRemote(run, remote, database) else {
                return false
            }
            let entries = try RunExport(database: database, run: run, row: row).entries()
            try insert(try EntryLines.text(entries), of: run, to: remote, database)
            return true
        }
    }

    /// The entries that would record a run as it is recorded; empty where there is none.
    package func entries(of run: RunKey) throws(LedgerError) -> [LedgerEntry] {
        try reading(run) { try RunExport(database: $0, run: run, row: $1).entries() } ?? []
    }

    /// Tells a remote that the log of a run was changed in its middle.
    package func postScrubbing(of run: RunKey, to remote: LedgerRemote) throws(LedgerError) {
        try connection.write { database in
            let lines = try EntryLines.text([.logScrubbed(at: .now())])
            try post(lines, of: run, isBeginning: false, to: remote, database)
        }
    }

    /// Whether a remote has a run, or will have it by the outbox.
    package func isRemote(_ run: RunKey, in remote: LedgerRemote) throws(LedgerError) -> Bool {
        try connection.access { try isRemote(run, remote, $0) }
    }

    // MARK: In transactions

    /// Puts entries into the outbox, unless they are about a run that the remote does not know.
    ///
    /// - Parameter isBeginning: whether the run begins with them.
    func post(
        _ lines: Data, of run: RunKey, isBeginning: Bool, to remote: LedgerRemote, _ database: Database
    ) throws {
        let isKnown = isBeginning || remoteRuns.withLock { $0.contains(run) }
        if try !isKnown && !isRemote(run, remote, database) { return }
        try insert(lines, of: run, to: remote, database)
        remoteRuns.withLock { _ = $0.insert(run) }
    }

    private func insert(
        _ lines: Data, of run: RunKey, to remote: LedgerRemote, _ database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO outbox (remote, flow, run, created_at, entries) VALUES (?, ?, ?, ?, ?)")
        try statement.execute(
            arguments: [
                remote.row, run.flow.text, run.run.text, WallTime.now().microseconds, lines,
            ])
    }

    private func isRemote(_ run: RunKey, _ remote: LedgerRemote, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM seen_record WHERE remote = ?1 AND flow = ?2 AND run = ?3)
                    OR EXISTS (SELECT 1 FROM outbox WHERE remote = ?1 AND flow = ?2 AND run = ?3)
                """)
        return try Bool.fetchOne(statement, arguments: [remote.row, run.flow.text, run.run.text]) ?? false
    }

    func note(_ number: Int, of run: RunKey, from remote: LedgerRemote, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO seen_record (remote, flow, run, number) VALUES (?, ?, ?, ?)")
        try statement.execute(arguments: [remote.row, run.flow.text, run.run.text, number])
    }
}
