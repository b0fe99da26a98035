package import Datastore
package import Digests
import GRDB

extension RunLedger {
    /// What the run can be made again from, in the order of kinds and names; empty when it has no snapshot.
    package func snapshots(of key: RunKey) throws(LedgerError) -> [SnapshotEntry] {
        try reading(key) { database, row in try Self.snapshots(of: row, database) } ?? []
    }

    static func snapshots(of run: Int64, _ database: Database) throws -> [SnapshotEntry] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT kind, snapshot.name AS title, source, blob.digest, size, codec, pack.name AS pack, position, length
                FROM snapshot JOIN blob ON blob.digest = snapshot.digest LEFT JOIN pack ON pack.id = blob.pack
                WHERE snapshot.run = ? ORDER BY kind, title
                """)
        return try Row.fetchAll(statement, arguments: [run]).compactMap(snapshot)
    }

    /// What any run has that was built of a source, the newest run first.
    package func snapshots(builtOf source: SHA256Digest) throws(LedgerError) -> [SnapshotEntry] {
        try connection.access { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT kind, snapshot.name AS title, source, blob.digest, size, codec, pack.name AS pack, position, length
                    FROM snapshot JOIN blob ON blob.digest = snapshot.digest LEFT JOIN pack ON pack.id = blob.pack
                    WHERE snapshot.source = ? ORDER BY snapshot.run DESC, title
                    """)
            return try Row.fetchAll(statement, arguments: [source.column]).compactMap(Self.snapshot)
        }
    }

    /// `nil` for a kind of a later engine.
    private static func snapshot(_ row: Row) throws -> SnapshotEntry? {
        guard let kind = SnapshotEntry.Kind(rawValue: try row.required("kind")) else { return nil }
        let source: SHA256Digest? = (row["source"] as DatabaseValue).isNull ? nil : try row.digest("source")
        return SnapshotEntry(kind: kind, name: try row.required("title"), blob: try storedBlob(row), source: source)
    }
}
