import Archives
import Datastore
import Diagnostics
import FlowModel
import FoundationEssentials
import Ledger
import RunDriver
import WorkerProtocol

/// What the record of a run holds for running it again.
struct RecordedRun: Sendable {
    let run: RunRecord
    let records: RunRecords
    let code: CodePackageRecord
    /// Facts that all its tasks share.
    let facts: [String: String]
    let options: RecordedOptions
    /// Where its random numbers began; absent of runs of earlier versions.
    let seed: RunSeed?

    var key: RunKey { run.key }
    /// `TrainFlow/12`
    var words: String { "\(run.key.flow)/\(run.key.run)" }

    /// - Throws: `ReproduceError` for a run that cannot be reproduced.
    init(_ run: RunRecord, in records: RunRecords) throws {
        let words = "\(run.key.flow)/\(run.key.run)"
        guard run.kind == .ordinary else { throw ReproduceError.spun(words) }
        guard run.state != .running else { throw ReproduceError.running(words) }
        guard let code = try records.ledger.codePackage(of: run.key) else { throw ReproduceError.noCode(words) }
        guard try !records.ledger.finishedTasks(of: run.key, step: .parameters).isEmpty else {
            throw ReproduceError.noParameters(words)
        }
        self.run = run
        self.records = records
        self.code = code
        let entries = try records.ledger.metadata(of: TaskKey(run: run.key, task: .parameters)).map(\.entry)
        facts = Dictionary(entries.map { ($0.name, $0.value) }) { $1 }
        options = RecordedOptions(recorded: facts)
        seed = facts[RunSeed.metadataName].flatMap { RunSeed(parsing: $0) }
    }

    /// The configs as they were resolved.
    func configs() throws -> [String: ResolvedConfig] {
        guard let text = run.configuration else { return [:] }
        return try JSONDecoder().decode([String: ResolvedConfig].self, from: Data(text.utf8))
    }

    /// The bytes of the code package. Blocks.
    func archive() throws -> [UInt8] {
        guard let blob = try records.ledger.blob(code.digest) else { throw ReproduceError.noCode(words) }
        return try records.store.read(blob)
    }

    /// Steps of which tasks were taken over from an earlier run, as in a run that resumes one.
    func stepsTakenOver() throws -> Set<StepName> {
        guard run.originRun != nil else { return [] }
        return Set(try records.ledger.tasks(of: run.key).filter(\.isClone).map(\.step))
    }

    /// The environments of the steps that had one of their own, as their tasks have noted them.
    func environments() throws -> [StepName: RecordedEnvironment] {
        var found: [StepName: RecordedEnvironment] = [:]
        for step in try records.ledger.steps(of: run.key) where step.name != .parameters {
            for task in try records.ledger.tasks(of: run.key, step: step.name, limit: 5) where found[step.name] == nil {
                let notes = try records.ledger.metadata(of: TaskKey(run: run.key, task: task.task)).map(\.entry)
                let note = notes.last { $0.name == RecordedEnvironment.metadataName }
                found[step.name] = note.flatMap { RecordedEnvironment(note: $0.value) }
            }
        }
        return found
    }
}

/// The environment of a step, as its tasks have noted it (`EnvironmentRecord`).
struct RecordedEnvironment: Decodable, Sendable, Hashable {
    static let metadataName = "environment-info"

    let type: String
    /// Stands for its whole content.
    let id: String
    /// The version of its Python.
    let python: String
    /// The name of the lock in the code package.
    let lock: String

    init?(note: String) {
        guard let note = try? JSONDecoder().decode(RecordedEnvironment.self, from: Data(note.utf8)) else { return nil }
        self = note
    }
}

/// Why a run cannot be reproduced.
enum ReproduceError: DiagnosticError {
    case spun(String)
    case running(String)
    case noCode(String)
    case noParameters(String)
    case noStep(String, of: String, known: [StepName])
    case noLock(step: StepName, file: String)
    case noFlow(script: String)
    case notStarted(python: String, reason: String)
    case folder(path: String, reason: String)

    var diagnostic: Diagnostic {
        switch self {
        case .spun(let run):
            Diagnostic(.user, "\(run) is a task that was spun, not a run", help: "name the run that the task is of")
        case .running(let run):
            Diagnostic(.user, "the run \(run) is still running", help: "wait for its end")
        case .noCode(let run):
            Diagnostic(
                .user, "the code of \(run) was not kept, so it cannot run again",
                help: "run the flow anew; runs keep their code unless its package could not be made")
        case .noParameters(let run):
            Diagnostic(
                .user, "the run \(run) ended before its parameters were stored",
                help: "there is nothing to reproduce; run the flow anew")
        case .noStep(let step, let run, let known):
            Diagnostic(
                .usage, "--from names the step '\(step)', which the flow of \(run) does not have",
                help: "name one of its steps: \(known.map(\.text).joined(separator: ", "))")
        case .noLock(let step, let file):
            Diagnostic(
                .user, "the lock of step '\(step)' (\(file)) is not in the code package of the run",
                help: "its environment cannot be made again; penstock show tells what the run was")
        case .noFlow(let script):
            Diagnostic(
                .user, "the code package of the run has no file \(script)",
                help: "the package is not one of Penstock's, or is damaged; penstock datastore verify tells")
        case .notStarted(let python, let reason):
            Diagnostic(.infrastructure, "\(python) cannot be started: \(reason)", help: "name another with --python")
        case .folder(let path, let reason):
            Diagnostic(
                .infrastructure, "the folder for the code of the run cannot be made: \(reason)", file: path,
                help: "make room there, or name another datastore with --root")
        }
    }
}
