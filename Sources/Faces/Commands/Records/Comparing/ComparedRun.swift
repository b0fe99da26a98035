import CodePackage
import Datastore
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import Lockfiles
import SystemPackage

/// One of two runs that are compared.
struct ComparedRun {
    let run: RunRecord
    let records: RunRecords
    let code: RecordedCode?
    let steps: [RecordedStepCounts]

    /// - Parameter text: `FLOW/RUN`.
    init(_ text: String, in records: RunRecords) throws {
        let location = try RecordLocation(text, in: records)
        guard let run = location.run, location.path.step == nil else {
            throw RecordError.wrongDepth(text, wanted: "FLOW/RUN")
        }
        self.run = run
        self.records = records
        code = try RecordedCode(of: run.key, in: records)
        steps = try records.ledger.taskCounts(of: run.key)
    }

    var path: String { Pathspec(run.key.flow, run.key.run).description }

    // MARK: Environments

    /// What was noted with a task.
    private struct Note: Decodable {
        let python: String
        let lock: String
    }

    /// The environment of a step; `nil` when it had none, or none that is known.
    func environment(of step: StepName) throws -> ComparedSide? {
        guard let text = try metadata("environment-info", of: step),
            let note = try? JSONDecoder().decode(Note.self, from: Data(text.utf8)),
            let lock = code?.listing.text(".mf_meta/locks/\(note.lock)")
        else { return nil }
        let words = "the step \(path)/\(step)"
        let locked = LockedEnvironment(
            words: words, lock: try PyLock(parsing: lock, file: note.lock), folder: "", python: note.python)
        return try ComparedSide(.locked(locked), words)
    }

    /// Names of the variables that a step declares, with what stands for their values.
    func variables(of step: StepName) throws -> [String: String] {
        guard let text = try metadata(DeclaredVariables.entryName, of: step) else { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [:]
    }

    /// Of the newest task of a step.
    private func metadata(_ name: String, of step: StepName) throws -> String? {
        guard let task = try records.ledger.tasks(of: run.key, step: step, limit: 1).first else { return nil }
        return try records.ledger.metadata(of: TaskKey(run: run.key, task: task.task)).last { $0.entry.name == name }?.entry.value
    }

    // MARK: Values

    /// The run's parameters, in Python's words where they are plain.
    func parameters() throws -> [String: String] {
        guard let task = try records.ledger.tasks(of: run.key, step: .parameters, limit: 1).first else { return [:] }
        guard let attempt = task.doneAttempt ?? task.attempt else { return [:] }
        let artifacts = try records.ledger.artifacts(of: AttemptKey(task: task.task, attempt: attempt), in: run.key)
        let graph = artifacts.first { $0.name == "_graph_info" }.flatMap { plain($0) }
        let names = graph?.names(in: "parameters") ?? []
        return Dictionary(artifacts.filter { names.contains($0.name) }.map { ($0.name, words($0)) }) { first, _ in first }
    }

    /// A value in Python's words; what is not plain by its type, size and digest.
    func words(_ artifact: ArtifactRecord) -> String {
        guard let text = plain(artifact)?.text else {
            return "\(artifact.type), \(ByteText(artifact.size)), \(artifact.digest.hex.prefix(8))"
        }
        return text.count > 200 ? text.prefix(199) + "…" : text
    }

    /// `nil` for what is not made of plain parts, or large.
    private func plain(_ artifact: ArtifactRecord) -> PlainPickle? {
        guard artifact.encoding.hasPrefix("pickle"), artifact.size <= 1 << 20,
            let blob = try? records.ledger.blob(artifact.digest), let bytes = try? records.store.read(blob)
        else { return nil }
        return PlainPickle(bytes)
    }

    /// The values of configs, each by the way to it: `config.model.depth`.
    func configuration() -> [String: String] {
        guard let text = run.configuration,
            let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
        else { return [:] }
        var values: [String: String] = [:]
        func add(_ value: JSONValue, at path: String) {
            if case .object(let members) = value, !members.isEmpty {
                for (name, value) in members { add(value, at: "\(path).\(name)") }
            } else {
                values[path] = value.description
            }
        }
        for (name, config) in members {
            if case .object(let parts) = config, let value = parts["value"] { add(value, at: name) } else { add(config, at: name) }
        }
        return values
    }

    // MARK: Artifacts

    /// What each task of a step stored itself, by the place of the task in its foreaches.
    func artifacts(of step: StepName) throws -> [TaskPlaceKey: [String: ArtifactRecord]] {
        var found: [TaskPlaceKey: [String: ArtifactRecord]] = [:]
        let tasks = try records.ledger.tasks(of: run.key, step: step)
        for start in stride(from: 0, to: tasks.count, by: 500) {
            let part = tasks[start..<min(start + 500, tasks.count)]
            let places = Dictionary(part.map { ($0.task, TaskPlaceKey($0)) }) { first, _ in first }
            let stretch = try records.ledger.artifacts(of: part.map(\.task), step: step, in: run.key)
            for one in stretch.parts {
                // What a clone stands for is its own, and lies in a base.
                let base = one.base.map { stretch.bases[$0].filter(\.isOwn) } ?? []
                let own = (base + one.own).filter { !$0.name.hasPrefix("_") }
                guard let place = places[one.task] else { continue }
                found[place] = Dictionary(own.map { ($0.name, $0) }) { _, last in last }
            }
        }
        return found
    }
}

/// Which of a step's tasks a task is, the same in every run: its indices in foreaches, and the round of a step that repeats.
struct TaskPlaceKey: Hashable {
    private let indices: [Int]
    private let round: Int?

    init(_ task: TaskRecord) {
        indices = task.foreachFrames.map(\.index)
        round = task.iteration
    }
}
