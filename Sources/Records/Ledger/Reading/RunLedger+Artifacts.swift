package import Datastore
package import Digests
import FlowModel
import GRDB

extension RunLedger {
    /// The artifacts of an attempt, own and inherited, sorted by name; empty when there is no such attempt.
    package func artifacts(of attempt: AttemptKey, in run: RunKey) throws(LedgerError) -> [ArtifactRecord] {
        try reading(run) { database, row in
            try ArtifactReader(database: database).artifacts(of: AttemptRow(run: row, key: attempt))
        } ?? []
    }

    /// One artifact of an attempt, own or inherited.
    package func artifact(
        _ name: String, of attempt: AttemptKey, in run: RunKey
    ) throws(LedgerError) -> ArtifactRecord? {
        try reading(run) { database, row in
            try ArtifactReader(database: database).artifact(name, of: AttemptRow(run: row, key: attempt))
        } ?? nil
    }

    /// Where a blob is kept; `nil` when no committed entry told of it.
    package func blob(_ digest: SHA256Digest) throws(LedgerError) -> StoredBlob? {
        try connection.access { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT size, codec, name AS pack, position, length
                    FROM blob LEFT JOIN pack ON pack.id = blob.pack WHERE digest = ?
                    """)
            guard let row = try Row.fetchOne(statement, arguments: [digest.column]) else { return nil }
            guard let codec = BlobCodec(rawValue: try row.required("codec")) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "blob \(digest) has an unknown codec")
            }
            let place = try row.optional("pack", as: String.self).map { pack in
                BlobPlace.packed(pack: pack, offset: try row.required("position"), length: try row.required("length"))
            }
            return StoredBlob(digest: digest, size: try row.required("size"), codec: codec, place: place ?? .loose)
        }
    }
}

extension RunLedger: BlobIndex {
    package func storedBlob(of digest: SHA256Digest) -> StoredBlob? {
        // An index that cannot be read finds nothing: the bytes are stored once more.
        try? blob(digest)
    }
}
