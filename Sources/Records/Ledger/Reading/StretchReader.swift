import FlowModel
import GRDB

/// Reads the artifacts of several tasks of a step: their own with one statement, those of what they inherit from once for
/// all that inherit from the same attempt.
struct StretchReader {
    private struct Base: Hashable {
        var run: Int64
        var attempt: AttemptKey
        /// What a clone stands for is its own.
        var isClone: Bool
    }

    private let database: Database
    private let choice: ArtifactChoice
    private var places: [Base: Int] = [:]
    private var stretch = ArtifactStretch()

    init(database: Database, choice: ArtifactChoice) {
        self.database = database
        self.choice = choice
    }

    /// In the order of the ids; tasks that the step does not have are left out.
    mutating func stretch(of tasks: [TaskID], step: StepName, run: Int64) throws -> ArtifactStretch {
        let statement = try database.cachedStatement(sql: Self.statement(tasks: tasks.count, choice))
        let arguments = StatementArguments(choice.names ?? []) + [run, step.text]
        let rows = try Row.fetchCursor(statement, arguments: arguments + StatementArguments(tasks.map(\.column)))
        var current: ArtifactStretch.Part?
        var base: Base?
        while let row = try rows.next() {
            let task = try row.task("task")
            if current?.task != task {
                try close(current, base)
                current = ArtifactStretch.Part(
                    task: task, attempt: try row.attempt("number"), storedAt: try row.time("created_at"), own: [])
                base = try Self.base(row)
            }
            guard let name: String = try row.optional("name") else { continue }
            current?.own.append(
                ArtifactRecord(
                    name: name, digest: try row.digest("digest"), size: try row.required("size"),
                    type: try row.required("type"), encoding: try row.required("encoding"),
                    isOwn: try row.required("is_own"), createdAt: try row.time("created_at")))
        }
        try close(current, base)
        return stretch
    }

    private mutating func close(_ part: ArtifactStretch.Part?, _ base: Base?) throws {
        guard var part else { return }
        let isWhole = choice.names.map { Set($0).count == part.own.count } ?? false
        if let base, !isWhole { part.base = try place(of: base) }
        stretch.parts.append(part)
    }

    private mutating func place(of base: Base) throws -> Int {
        if let known = places[base] { return known }
        let reader = ArtifactReader(database: database)
        let artifacts = try reader.artifacts(of: AttemptRow(run: base.run, key: base.attempt))
        stretch.bases.append(
            artifacts.filter { choice.includes($0.name) }.map { artifact in
                var artifact = artifact
                artifact.isOwn = base.isClone && artifact.isOwn
                return artifact
            })
        places[base] = stretch.bases.count - 1
        return stretch.bases.count - 1
    }

    private static func base(_ row: Row) throws -> Base? {
        guard let run: Int64 = try row.optional("base_run"), let task = try row.optionalTask("base_task") else { return nil }
        let key = AttemptKey(task: task, attempt: try row.attempt("base_number"))
        return Base(run: run, attempt: key, isClone: try row.required("is_clone"))
    }

    private static func statement(tasks: Int, _ choice: ArtifactChoice) -> String {
        func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ",") }
        let named = choice.names.map { "AND artifact.name IN (\(marks($0.count)))" } ?? ""
        let shown = choice.publicOnly ? "AND substr(artifact.name, 1, 1) <> '_'" : ""
        return """
            SELECT attempt.task, attempt.number, coalesce(attempt.finished_at, attempt.started_at) AS created_at, base_run,
                base_task, base_number, is_clone, artifact.name, digest, size, type, encoding, is_own
            FROM task JOIN attempt ON attempt.run = task.run AND attempt.task = task.id AND attempt.number = coalesce(
                (SELECT max(number) FROM attempt WHERE run = task.run AND task = task.id AND finished_at IS NOT NULL),
                (SELECT max(number) FROM attempt WHERE run = task.run AND task = task.id))
            LEFT JOIN artifact ON artifact.run = attempt.run AND artifact.task = attempt.task
                AND artifact.attempt = attempt.number \(named) \(shown)
            WHERE task.run = ? AND task.step = ? AND task.id IN (\(marks(tasks))) ORDER BY task.id, artifact.name
            """
    }
}
