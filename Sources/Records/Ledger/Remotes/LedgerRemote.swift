import Datastore
import GRDB

/// A remote datastore as a ledger knows it.
package struct LedgerRemote: Sendable, Hashable {
    let row: Int64
    package let address: String
    /// The name of this ledger among those that write to that remote: 16 hexadecimal digits.
    package let writer: String

    /// The remote of that address; noted the first time.
    static func known(at address: String, _ connection: LedgerConnection) throws(LedgerError) -> LedgerRemote {
        func found(_ database: Database) throws -> LedgerRemote? {
            try Row.fetchOne(database, sql: "SELECT id, writer FROM remote WHERE address = ?", arguments: [address]).map {
                LedgerRemote(row: try $0.required("id"), address: address, writer: try $0.required("writer"))
            }
        }
        if let known = try connection.access(found) { return known }
        return try connection.write { database in
            let name = String(UInt64.random(in: .min ... .max), radix: 16)
            let writer = String(repeating: "0", count: 16 - name.count) + name
            try database.execute(
                sql: "INSERT OR IGNORE INTO remote (address, writer) VALUES (?, ?)", arguments: [address, writer])
            guard let remote = try found(database) else { throw DatabaseError(message: "the remote was not noted") }
            return remote
        }
    }
}

/// Where a remote keeps blobs, inside a transaction.
struct RemotePlaces {
    let database: Database
    let remote: Int64

    /// The newest word counts.
    func note(_ blob: StoredBlob) throws {
        var place: (pack: String?, offset: Int64?, length: Int64?)
        if case .packed(let pack, let offset, let length) = blob.place { place = (pack, offset, length) }
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO remote_blob (remote, digest, size, codec, pack, position, length)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(
            arguments: [
                remote, blob.digest.column, blob.size, Int(blob.codec.rawValue), place.pack, place.offset, place.length,
            ])
    }
}
