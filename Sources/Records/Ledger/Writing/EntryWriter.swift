import Datastore
import FlowModel
import FoundationEssentials
import GRDB

/// Turns entries into rows, inside a transaction.
struct EntryWriter {
    let database: Database
    let run: RunKey
    private(set) var row: Int64?
    /// The row of the remote that the entries come from. They were checked where they were made: what is there already is
    /// left as it is, and what they refer to may be gone.
    let imported: Int64?

    init(database: Database, run: RunKey, row: Int64?, importedFrom remote: Int64? = nil) {
        self.database = database
        self.run = run
        self.row = row
        imported = remote
    }

    /// How rows that can be there already are inserted.
    var insert: String { imported == nil ? "INSERT" : "INSERT OR IGNORE" }

    mutating func write(_ entry: LedgerEntry) throws {
        switch entry {
        case .runBegan(let beginning): try begin(beginning)
        case .runEnded(let end): try finish(end)
        case .codePackage(let package): try write(package)
        case .snapshot(let snapshots): for snapshot in snapshots { try write(snapshot) }
        case .taskCreated(let task): try create(task)
        case .attemptBegan(let beginning): try begin(beginning)
        case .blobs(let blobs): for blob in blobs { try write(blob) }
        case .artifacts(let attempt, let artifacts):
            for artifact in artifacts { try write(artifact, of: attempt, isOwn: artifact.isOwn) }
        case .metadata(let attempt, let entries, let time): try write(entries, of: attempt, at: time)
        case .attemptEnded(let end): try finish(end)
        case .card(let attempt, let card): try write(card, of: attempt)
        case .cardData(let attempt, let data): try write(data, of: attempt)
        case .tags(let edit): try write(edit)
        case .logScrubbed: break
        }
    }

    /// The run's row, looked up once.
    mutating func runRow() throws -> Int64 {
        if let row { return row }
        guard let found = try Self.findRow(of: run, in: database) else {
            throw LedgerError(path: "", .unknownRun("\(run.flow)/\(run.run)"))
        }
        row = found
        return found
    }

    static func findRow(of run: RunKey, in database: Database) throws -> Int64? {
        let statement = try database.cachedStatement(sql: "SELECT id FROM run WHERE flow = ? AND name = ?")
        return try Int64.fetchOne(statement, arguments: [run.flow.text, run.run.text])
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

/// Runs.
extension EntryWriter {
    private mutating func begin(_ beginning: RunBeginning) throws {
        try execute(
            """
            \(insert) INTO run (flow, name, created_at, username, origin_run, metadata, kind, configuration, remote)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                run.flow.text, run.run.text, beginning.at.microseconds, beginning.username, beginning.originRun?.text,
                MetadataList.text(beginning.metadata), beginning.kind.rawValue, beginning.configuration, imported,
            ])
        let row = imported == nil ? database.lastInsertedRowID : try runRow()
        self.row = row
        for (tags, isSystem) in [(beginning.systemTags, true), (beginning.userTags, false)] {
            for tag in tags where isSystem || !beginning.systemTags.contains(tag) {
                try execute("INSERT OR IGNORE INTO tag (run, is_system, tag) VALUES (?, ?, ?)", [row, isSystem, tag])
            }
        }
    }

    private mutating func finish(_ end: RunEnd) throws {
        try execute(
            "UPDATE run SET finished_at = ?, succeeded = ?, end_task = ? WHERE id = ?",
            [end.at.microseconds, end.succeeded, end.endTask?.column ?? .null, try runRow()])
    }

    private mutating func write(_ edit: TagEdit) throws {
        let row = try runRow()
        for tag in edit.removing {
            try execute("DELETE FROM tag WHERE run = ? AND is_system = 0 AND tag = ?", [row, tag])
        }
        for tag in edit.adding {
            try execute("INSERT OR IGNORE INTO tag (run, is_system, tag) VALUES (?, 0, ?)", [row, tag])
        }
    }

    private mutating func write(_ package: CodePackageRecord) throws {
        try execute(
            "UPDATE run SET code_digest = ?, code_script = ?, code_metadata = ? WHERE id = ?",
            [package.digest.column, package.script, package.metadata, try runRow()])
    }
}

/// Blobs.
extension EntryWriter {
    private mutating func write(_ snapshot: SnapshotEntry) throws {
        try write(snapshot.blob)
        try execute(
            "INSERT OR IGNORE INTO snapshot (run, digest, kind, name, source) VALUES (?, ?, ?, ?, ?)",
            [try runRow(), snapshot.blob.digest.column, snapshot.kind.rawValue, snapshot.name, snapshot.source?.column])
    }

    func write(_ blob: StoredBlob) throws {
        var pack: Int64?
        var position: Int64?
        var length: Int64?
        if case .packed(let name, let offset, let count) = blob.place {
            (pack, position, length) = (try packRow(name), offset, count)
        }
        // What an engine has put is here, also where a place was known before whose file is lost.
        let whenKnown = imported == nil
            ? """
                ON CONFLICT (digest) DO UPDATE SET codec = excluded.codec, pack = excluded.pack, position = excluded.position,
                    length = excluded.length
                WHERE pack IS NOT excluded.pack OR position IS NOT excluded.position OR codec IS NOT excluded.codec
                """
            : "ON CONFLICT (digest) DO NOTHING"
        try execute(
            "INSERT INTO blob (digest, size, codec, pack, position, length) VALUES (?, ?, ?, ?, ?, ?) " + whenKnown,
            [blob.digest.column, blob.size, Int(blob.codec.rawValue), pack, position, length])
        if let imported { try RemotePlaces(database: database, remote: imported).note(blob) }
    }

    private func packRow(_ name: String) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT id FROM pack WHERE name = ?")
        if let row = try Int64.fetchOne(statement, arguments: [name]) { return row }
        try execute("INSERT INTO pack (name) VALUES (?)", [name])
        return database.lastInsertedRowID
    }
}
