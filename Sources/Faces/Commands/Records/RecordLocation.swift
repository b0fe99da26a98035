import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import FoundationEssentials
import Ledger
import MetaflowStore
import Remotes
import SystemPackage

/// Options of the commands that look at what was recorded.
struct RecordArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder whose runs are meant: a .penstock folder, or one that holds it; or the address of a remote datastore.",
            valueName: "folder"),
        completion: .directory)
    var root: String?

    /// Where the runs are.
    func location(_ environment: [String: String]) -> StoreLocation {
        let workingDirectory = FilePath(FileManager.default.currentDirectoryPath)
        guard let root, !RemoteAddress.isAddress(root) else {
            return StoreLocation.discover(environment: environment, workingDirectory: workingDirectory)
        }
        let named = workingDirectory.pushing(FilePath(root)).lexicallyNormalized()
        let isStore = named.lastComponent?.string == StoreLocation.folderName
        return StoreLocation(root: isStore ? named : named.appending(StoreLocation.folderName))
    }

    /// The records; an error where there are none.
    ///
    /// - Parameter path: a pathspec: only of its run, or its flow, is asked in a remote datastore.
    func records(in session: StandaloneSession, for path: String? = nil) throws -> RunRecords {
        guard let records = try existingRecords(in: session, for: path) else {
            throw RecordError.nothingRecorded(location(session.environment).root.string)
        }
        return records
    }

    /// A recorded run: FLOW/RUN, or FLOW for its newest one; an error where there is none.
    func run(_ path: String, in session: StandaloneSession) throws -> (run: RunRecord, records: RunRecords) {
        let records = try records(in: session, for: path)
        let location = try RecordLocation(path, in: records)
        guard location.path.step == nil else { throw RecordError.wrongDepth(path, wanted: "FLOW/RUN") }
        guard let run = try location.run ?? records.ledger.latestRun(of: location.path.flow) else {
            throw RecordError.nothingRecorded(records.location.root.string)
        }
        return (run, records)
    }

    /// All runs that can be looked at, those that Metaflow keeps among them; an error where there are none.
    func histories(in session: StandaloneSession, for path: String? = nil) throws -> RunHistories {
        guard let histories = try existingHistories(in: session, for: path) else {
            throw RecordError.nothingRecorded(location(session.environment).root.string)
        }
        return histories
    }

    /// The same; `nil` where nothing was ever run.
    func existingHistories(in session: StandaloneSession, for path: String? = nil) throws -> RunHistories? {
        let isRemote = root.map(RemoteAddress.isAddress) ?? false
        let folder = isRemote ? nil : MetaflowFolder.belonging(
            to: location(session.environment), isNamed: root != nil, environment: session.environment)
        let metaflow = folder.map { MetaflowHistory($0) }
        let records = try existingRecords(in: session, for: path)
        guard try records != nil || metaflow?.flows().isEmpty == false else { return nil }
        return RunHistories(records, metaflow)
    }

    /// The records; `nil` where nothing was ever run.
    func existingRecords(in session: StandaloneSession, for path: String? = nil) throws -> RunRecords? {
        let remote = try remoteAddress(in: session).map { try RemoteStore(opening: $0, environment: session.environment) }
        guard let records = try RunRecords.existing(at: location(session.environment), remote: remote) else { return nil }
        let path = path.flatMap { try? Pathspec(parsing: $0) }
        try RecordRefresh(records, warnings: session.error).refresh(flow: path?.flow, run: path?.run)
        return records
    }

    /// The remote datastore that the option or the settings name. A folder that is named is looked at alone.
    func remoteAddress(in session: StandaloneSession) throws -> RemoteAddress? {
        let choice = try root.map { try DatastoreChoice(namedRoot: $0) } ?? DatastoreChoice(settings: session.settings)
        return choice.remote
    }
}

/// The record that a pathspec names, with those above it.
struct RecordLocation {
    let history: RunHistories
    let path: Pathspec
    /// Nothing when the path names a flow.
    let run: RunRecord?
    let task: (key: TaskKey, record: TaskRecord)?

    /// - Throws: `RecordError` when the text is no pathspec, or names something that was not recorded.
    init(_ text: String, in records: RunRecords) throws {
        try self.init(text, in: RunHistories(records))
    }

    /// The same, in all that can be looked at.
    init(_ text: String, in history: RunHistories) throws {
        let path: Pathspec
        do {
            path = try Pathspec(parsing: text)
        } catch {
            throw RecordError.badPath(text, error)
        }
        self.history = history
        self.path = path
        guard try history.flow(path.flow) != nil else {
            throw RecordError.noFlow(path.flow, known: try history.flows().map(\.name))
        }
        guard let id = path.run else {
            (run, task) = (nil, nil)
            return
        }
        guard let record = try history.run(RunKey(flow: path.flow, run: id)) else {
            throw RecordError.noRun(path.flow, id, latest: try history.runs(RunSearch(flow: path.flow, limit: 1)).first?.key.run)
        }
        run = record
        task = try Self.task(path, of: record, in: history)
    }

    private static func task(
        _ path: Pathspec, of run: RunRecord, in history: RunHistories
    ) throws -> (key: TaskKey, record: TaskRecord)? {
        guard let step = path.step else { return nil }
        guard try history.step(step, of: run.key) != nil else {
            throw RecordError.noStep(step, run.key, known: try history.steps(of: run.key).map(\.name))
        }
        guard let id = path.task else { return nil }
        let key = TaskKey(run: run.key, task: id)
        guard let task = try history.task(key), task.step == step else { throw RecordError.noTask(path) }
        return (key, task)
    }
}

/// Why a pathspec leads nowhere.
enum RecordError: DiagnosticError {
    case nothingRecorded(String)
    case badPath(String, PathspecError)
    case wrongDepth(String, wanted: String)
    case noFlow(FlowName, known: [FlowName])
    case noRun(FlowName, RunID, latest: RunID?)
    case noStep(StepName, RunKey, known: [StepName])
    case noTask(Pathspec)
    case noArtifact(Pathspec, name: String, known: [String])

    var diagnostic: Diagnostic {
        switch self {
        case .nothingRecorded(let root):
            Diagnostic(
                .user, "nothing was run here yet: there is no \(root)",
                help: "run a flow first, go to its folder, or name the folder with --root")
        case .badPath(_, let error):
            Diagnostic(.usage, error.diagnostic.headline, help: error.diagnostic.help)
        case .wrongDepth(let text, let wanted):
            Diagnostic(.usage, "'\(text)' is not of the right depth", help: "write \(wanted)")
        case .noFlow(let flow, _) where flow.text.utf8.allSatisfy({ (48...57).contains($0) }):
            Diagnostic(
                .user, "no flow '\(flow)' was ever run here",
                help: "if that is a run, name its flow as well: FLOW/\(flow); penstock runs lists what was run")
        case .noFlow(let flow, let known):
            Diagnostic(
                .user, "no flow '\(flow)' was ever run here",
                help: Nearest(flow.text, of: known.map(\.text)).help ?? "penstock runs lists what was run")
        case .noRun(let flow, let run, let latest):
            Diagnostic(
                .user, "there is no run \(flow)/\(run)",
                help: "penstock runs \(flow) lists them" + (latest.map { "; the newest is \(flow)/\($0)" } ?? ""))
        case .noStep(let step, let run, let known):
            Diagnostic(
                .user, "the run \(run.flow)/\(run.run) has no tasks of a step '\(step)'",
                help: Nearest(step.text, of: known.map(\.text)).help
                    ?? "penstock show \(run.flow)/\(run.run) lists its steps")
        case .noTask(let path):
            Diagnostic(
                .user, "there is no task \(path)",
                help: "penstock show \(path.components.prefix(3).joined(separator: "/")) lists the tasks of that step")
        case .noArtifact(let task, let name, let known):
            Diagnostic(
                .user, "the task \(task) has no artifact '\(name)'",
                help: Nearest(name, of: known).help ?? "penstock artifacts \(task) lists them")
        }
    }
}
