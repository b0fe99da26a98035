import Datastore
import FlowModel
import Ledger
import SystemPackage

/// What the files of a task say, read when it is asked for.
struct TaskFacts: Sendable {
    let folder: MetaflowFolder
    let key: TaskKey
    let step: StepName
    let record: ObjectRecord
    /// The task's own folder, and the one of its facts.
    let path: FilePath
    let facts: FilePath
    /// The names of the files in the folder of facts.
    private let files: [String]

    /// `nil` when there is no such task.
    init?(_ key: TaskKey, step: StepName, in folder: MetaflowFolder) throws(MetaflowStoreError) {
        let parts = [key.run.flow.text, key.run.run.text, step.text, key.task.text]
        guard let path = folder.path(parts), let record = try folder.record(parts) else { return nil }
        self.folder = folder
        self.key = key
        self.step = step
        self.record = record
        self.path = path
        facts = path.appending("_meta")
        files = try folder.names(in: facts)
    }

    // MARK: Facts

    /// Everything that was recorded about the task, oldest first.
    func all() throws(MetaflowStoreError) -> [FactRecord] {
        var found: [FactRecord] = []
        for file in files where file.hasPrefix("sysmeta_") {
            if let fact = try folder.read(FactRecord.self, facts.appending(file)) { found.append(fact) }
        }
        return found.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    /// What was recorded under a name, oldest first. The names of the files tell which these are.
    func all(_ name: String) throws(MetaflowStoreError) -> [FactRecord] {
        let prefix = "sysmeta_\(name)_"
        var found: [FactRecord] = []
        for file in files where file.hasPrefix(prefix) {
            guard file.dropFirst(prefix.count).prefix(while: { $0.isNumber }).count == file.utf8.count - prefix.utf8.count - 5 else {
                continue
            }
            if let fact = try folder.read(FactRecord.self, facts.appending(file)) { found.append(fact) }
        }
        return found.sorted { $0.time < $1.time }
    }

    /// The newest value that was recorded under a name.
    func newest(_ name: String) throws(MetaflowStoreError) -> FactRecord? {
        try all(name).last
    }

    // MARK: Attempts

    /// Those that have begun, each with when.
    func begun() throws(MetaflowStoreError) -> [(number: Int, at: WallTime)] {
        let marked = try all("attempt").compactMap { fact in Int(fact.value.factText).map { ($0, fact.at) } }
        if !marked.isEmpty { return Self.oncePerAttempt(marked) }
        // A task that died before it recorded anything, and the one of the parameters, which records no attempt.
        let numbers = try folder.names(in: path).compactMap { name in
            name.hasSuffix(".attempt.json") ? Int(name.dropLast(".attempt.json".count)) : nil
        }
        return Self.oncePerAttempt(numbers.sorted().map { ($0, record.createdAt) })
    }

    /// Those that are over, each with when; the last one counts.
    func done() throws(MetaflowStoreError) -> [(number: Int, at: WallTime)] {
        try all("attempt-done").compactMap { fact in Int(fact.value.factText).map { ($0, fact.at) } }
    }

    /// Whether an attempt succeeded, as it recorded itself; `nil` when it did not.
    func succeeded(_ attempt: Int) throws(MetaflowStoreError) -> Bool? {
        try all("attempt_ok").last { ($0.attempt ?? attempt) == attempt }.map { $0.value.factText == "True" }
    }

    private static func oncePerAttempt(_ attempts: [(Int, WallTime)]) -> [(number: Int, at: WallTime)] {
        var seen: Set<Int> = []
        return attempts.filter { seen.insert($0.0).inserted }.map { (number: $0.0, at: $0.1) }
    }

    // MARK: Artifacts

    /// The names of an attempt's artifacts, sorted.
    func artifactNames(_ attempt: Int) -> [String] {
        let prefix = "\(attempt)_artifact_"
        return files.compactMap { file in
            file.hasPrefix(prefix) && file.hasSuffix(".json") ? String(file.dropFirst(prefix.count).dropLast(5)) : nil
        }.sorted()
    }

    func artifact(_ name: String, _ attempt: Int) throws(MetaflowStoreError) -> ArtifactFileRecord? {
        let file = "\(attempt)_artifact_\(name).json"
        guard files.contains(file) else { return nil }
        return try folder.read(ArtifactFileRecord.self, facts.appending(file))
    }

    func sizes(_ attempt: Int) throws(MetaflowStoreError) -> [String: DataRecord.Info] {
        try folder.read(DataRecord.self, path.appending("\(attempt).data.json"))?.info ?? [:]
    }
}
