package import Datastore
package import Digests
package import FlowModel
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

    /// The artifacts of several tasks of a step, in the order of the tasks' ids.
    package func artifacts(
        of tasks: [TaskID], step: StepName, in run: RunKey, choice: ArtifactChoice = ArtifactChoice()
    ) throws(LedgerError) -> ArtifactStretch {
        try reading(run) { database, row in
            var reader = StretchReader(database: database, choice: choice)
            return try reader.stretch(of: tasks, step: step, run: row)
        } ?? ArtifactStretch()
    }

    /// Where a blob is kept; `nil` when no committed entry told of it.
    package func blob(_ digest: SHA256Digest) throws(LedgerError) -> StoredBlob? {
        try connection.access { database in
            let statement = try database.cachedStatement(sql: Self.blobs + "WHERE digest = ?")
            return try Row.fetchOne(statement, arguments: [digest.column]).map(Self.storedBlob)
        }
    }

    /// Where blobs are kept; without those that no committed entry told of.
    package func blobs(_ digests: Set<SHA256Digest>) throws(LedgerError) -> [SHA256Digest: StoredBlob] {
        try connection.access { database in
            let marks = Array(repeating: "?", count: digests.count).joined(separator: ",")
            let statement = try database.cachedStatement(sql: Self.blobs + "WHERE digest IN (\(marks))")
            let rows = try Row.fetchAll(statement, arguments: StatementArguments(digests.map(\.column)))
            return Dictionary(try rows.map(Self.storedBlob).map { ($0.digest, $0) }) { first, _ in first }
        }
    }

    private static let blobs = """
        SELECT digest, size, codec, name AS pack, position, length
        FROM blob LEFT JOIN pack ON pack.id = blob.pack

        """

    static func storedBlob(_ row: Row) throws -> StoredBlob {
        let digest = try row.digest("digest")
        guard let codec = BlobCodec(rawValue: try row.required("codec")) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "blob \(digest) has an unknown codec")
        }
        let place = try row.optional("pack", as: String.self).map { pack in
            BlobPlace.packed(pack: pack, offset: try row.required("position"), length: try row.required("length"))
        }
        return StoredBlob(digest: digest, size: try row.required("size"), codec: codec, place: place ?? .loose)
    }
}

extension RunLedger: BlobIndex {
    package func storedBlob(of digest: SHA256Digest) -> StoredBlob? {
        // An index that cannot be read finds nothing: the bytes are stored once more.
        try? blob(digest)
    }
}
