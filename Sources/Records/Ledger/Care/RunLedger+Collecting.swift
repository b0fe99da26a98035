package import Datastore
import Digests
import GRDB

extension RunLedger {
    /// Records the new places of blobs that were moved from one pack to another, and forgets the old pack. When this returns, the
    /// disk knows it.
    package func move(_ blobs: [StoredBlob], outOf pack: String) throws(LedgerError) {
        try connection.writeDurably { database in
            for blob in blobs {
                guard case .packed(let name, let offset, let length) = blob.place else { continue }
                try database.execute(sql: "INSERT OR IGNORE INTO pack (name) VALUES (?)", arguments: [name])
                try database.cachedStatement(
                    sql: """
                        UPDATE blob SET pack = (SELECT id FROM pack WHERE name = ?), position = ?, length = ? WHERE digest = ?
                        """
                ).execute(arguments: [name, offset, length, blob.digest.column])
            }
            try database.execute(
                sql: """
                    DELETE FROM pack WHERE name = ? AND NOT EXISTS (SELECT 1 FROM blob WHERE blob.pack = pack.id)
                    """, arguments: [pack])
        }
    }

    /// Gives room in the ledger's file back to the disk when much of it is free. Cost: the file is written anew.
    package func compact() throws(LedgerError) {
        try connection.access { database in
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            if free > 256, free * 4 > pages { try database.execute(sql: "VACUUM") }
        }
        try connection.settle(beyond: 0)
    }
}
