import FlowModel
import GRDB

/// Reads the artifacts that an attempt has: its own, and below them those of the attempt it inherits from.
struct ArtifactReader {
    let database: Database

    /// Sorted by name.
    func artifacts(of attempt: AttemptRow) throws -> [ArtifactRecord] {
        try read(attempt, Self.chain + "ORDER BY artifact.name, place.depth", attempt.arguments)
    }

    func artifact(_ name: String, of attempt: AttemptRow) throws -> ArtifactRecord? {
        try read(
            attempt, Self.chain + "WHERE artifact.name = ? ORDER BY place.depth LIMIT 1",
            attempt.arguments + [name]
        ).first
    }

    private func read(
        _ attempt: AttemptRow, _ sql: String, _ arguments: StatementArguments
    ) throws -> [ArtifactRecord] {
        let rows = try Row.fetchCursor(try database.cachedStatement(sql: sql), arguments: arguments)
        var records: [ArtifactRecord] = []
        while let row = try rows.next() {
            let name: String = try row.required("name")
            // The nearest comes first and hides the others.
            if records.last?.name == name { continue }
            records.append(try record(name, row))
        }
        return records
    }

    private func record(_ name: String, _ row: Row) throws -> ArtifactRecord {
        ArtifactRecord(
            name: name, digest: try row.digest("digest"), size: try row.required("size"),
            type: try row.required("type"), encoding: try row.required("encoding"),
            isOwn: try row.required("owns") && row.required("is_own"),
            createdAt: try row.time("created_at"))
    }

    /// The attempt and those it inherits from, nearest first, joined with their artifacts. What a clone stands for is its
    /// own as well.
    private static let chain = """
        WITH RECURSIVE place (
            run, task, number, created_at, base_run, base_task, base_number, depth, owns, is_clone) AS (
            SELECT run, task, number, coalesce(finished_at, started_at), base_run, base_task, base_number, 0, 1, is_clone
            FROM attempt WHERE run = ? AND task = ? AND number = ?
            UNION ALL
            SELECT attempt.run, attempt.task, attempt.number, coalesce(finished_at, started_at), attempt.base_run,
                attempt.base_task, attempt.base_number, place.depth + 1, place.owns AND place.is_clone, attempt.is_clone
            FROM place JOIN attempt ON attempt.run = place.base_run AND attempt.task = place.base_task
                AND attempt.number = place.base_number
            WHERE place.depth < 1000)
        SELECT artifact.name, digest, size, type, encoding, is_own, owns, place.created_at
        FROM place CROSS JOIN artifact ON artifact.run = place.run AND artifact.task = place.task
            AND artifact.attempt = place.number

        """
}
