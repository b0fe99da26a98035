import ArgumentParser
import Datastore
import Diagnostics
import Executors
import FlowModel
import FoundationEssentials
import Ledger
import Remotes
import RunDriver
import WorkerProtocol

/// `resume [STEP]`: a new run that takes over what an earlier one has done, and does the rest.
struct ResumeCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Run the flow again from where an earlier run failed, or from a step.",
        discussion: """
            What the earlier run has done is taken over by reference: parameters, configs, and every task that succeeded. \
            With STEP, the tasks of that step and all that follow run again.
            """)

    @ParentCommand var root: FlowCommandLine

    @OptionGroup var options: RunOptions

    @Option(help: ArgumentHelp("The run to resume; by default the newest that was begun with run.", valueName: "run"))
    var originRunId: String?

    @Option(help: .hidden)
    var runId: String?

    @Flag(help: .hidden)
    var cloneOnly = false

    @Flag(help: .hidden)
    var reentrant = false

    @Option(help: .hidden)
    var resumeIdentifier: String?

    @Argument(help: "A step that is to run again although it succeeded.")
    var step: String?

    func perform(in session: FlowSession) throws -> Int32 {
        // For schedulers that resume one run from several places at once.
        if reentrant || resumeIdentifier != nil {
            throw SessionError.notInThisVersion(
                what: "resume \(reentrant ? "--reentrant" : "--resume-identifier")",
                help: "leave it away: a resume from one place needs neither option")
        }
        let flow = try session.hello().flow.name
        guard let records = try session.existingRecords() else {
            throw ResumeError.nothingRecorded(flow, session.invocationText)
        }
        let origin = try originRun(of: flow, in: records, session)
        if step == nil, !cloneOnly, try hasJobs(origin, in: records) { return try attach(to: origin, in: records, session) }
        let graph = try session.validatedGraph(
            adding: options.decorators(in: session.environment, command: "RESUME"), configs: try configs(of: origin))
        if let step, graph[StepName(step)] == nil { throw ResumeError.noStep(step, graph.nodes.map(\.name)) }
        let preparation = try RunPreparation(session, graph, options, command: "RESUME")
        let writable = try session.openRecords()
        let key = RunKey(flow: flow, run: try newID(in: writable, flow))
        var plan = try preparation.plan(
            key, parameters: try ParameterValues(parsing: [], environment: [:], of: []), namespace: nil, in: writable)
        plan.origin = RunOrigin(
            key: origin.key, rerun: step.map { [StepName($0)] } ?? [], clonesOnly: cloneOnly)
        return try preparation.perform(plan, in: writable)
    }

    /// Whether the run's engine died and left jobs on a cluster.
    private func hasJobs(_ run: RunRecord, in records: RunRecords) throws -> Bool {
        guard run.state == .abandoned, let objects = records.remote?.store.objects else { return false }
        let key = run.key
        return try !waiting { try await Attachment.groups(of: key, in: objects) }.isEmpty
    }

    /// What the jobs do would be done twice by a new run: the run itself goes on.
    private func attach(to run: RunRecord, in records: RunRecords, _ session: FlowSession) throws -> Int32 {
        let path = "\(run.key.flow)/\(run.key.run)"
        session.error.writeLine("\(path) has jobs on a cluster: going on with that run, as penstock attach \(path) does.")
        session.pool.shutDown()
        guard let engine = FlowLaunch.ownPath else { throw ResumeError.hasJobs(path) }
        let root = records.remote.map { ["--root", $0.store.address.description] } ?? []
        let failure = Program(
            words: [engine, "attach", path] + root, environment: session.settings.process).become()
        throw ReproduceError.notStarted(python: engine, reason: failure.reason)
    }

    private func originRun(of flow: FlowName, in records: RunRecords, _ session: FlowSession) throws -> RunRecord {
        if let originRunId {
            let path = try Pathspec(parsing: originRunId, within: flow)
            let name = path.step == nil ? path.run?.text ?? originRunId : originRunId
            guard let run = try records.ledger.run(RunKey(flow: flow, run: RunID(name))), run.kind == .ordinary else {
                throw ResumeError.noRun("\(flow)/\(name)")
            }
            return try checked(run, in: records)
        }
        let newest = try records.ledger.runs(of: flow, matching: RunQuery(originalOnly: true, limit: 1)).first
        guard let newest else { throw ResumeError.nothingRecorded(flow, session.invocationText) }
        return try checked(newest, in: records)
    }

    private func checked(_ run: RunRecord, in records: RunRecords) throws -> RunRecord {
        let path = "\(run.key.flow)/\(run.key.run)"
        if run.state == .running { throw ResumeError.running(path) }
        if try records.ledger.finishedTasks(of: run.key, step: .parameters).isEmpty { throw ResumeError.nothingDone(path) }
        return run
    }

    private func configs(of run: RunRecord) throws -> [String: ResolvedConfig] {
        guard let text = run.configuration else { return [:] }
        return try JSONDecoder().decode([String: ResolvedConfig].self, from: Data(text.utf8))
    }

    /// The id of the new run: a scheduler may bring one of its own.
    private func newID(in records: RunRecords, _ flow: FlowName) throws -> RunID {
        guard let runId else { return RunID(microseconds: WallTime.now().microseconds) }
        guard Int(runId) == nil, !runId.isEmpty, !runId.contains("/") else { throw ResumeError.badID(runId) }
        guard try records.ledger.run(RunKey(flow: flow, run: RunID(runId))) == nil else { throw ResumeError.usedID(runId) }
        return RunID(runId)
    }
}

/// Why nothing can be resumed.
enum ResumeError: DiagnosticError {
    case nothingRecorded(FlowName, String)
    case noRun(String)
    case running(String)
    case hasJobs(String)
    case nothingDone(String)
    case noStep(String, [StepName])
    case badID(String)
    case usedID(String)

    var diagnostic: Diagnostic {
        switch self {
        case .nothingRecorded(let flow, let invocation):
            Diagnostic(
                .user, "there is no run of \(flow) to resume",
                help: "run the flow first: \(invocation) run; or go to the folder that holds its runs")
        case .noRun(let path):
            Diagnostic(.user, "there is no run \(path)", help: "name one that there is; penstock runs lists them")
        case .running(let path):
            Diagnostic(.user, "the run \(path) is still running", help: "wait for its end, or stop it first")
        case .hasJobs(let path):
            Diagnostic(.user, "the run \(path) has jobs on a cluster", help: "go on with that run: penstock attach \(path)")
        case .nothingDone(let path):
            Diagnostic(
                .user, "the run \(path) ended before its parameters were stored, so there is nothing to take over",
                help: "start a new run, or name another one with --origin-run-id")
        case .noStep(let step, let steps):
            Diagnostic(
                .user, "the flow has no step '\(step)'",
                help: "name one of its steps: \(steps.map(\.text).joined(separator: ", "))")
        case .badID(let id):
            Diagnostic(
                .usage, "--run-id '\(id)' cannot be used: ids that are numbers are Penstock's own",
                help: "use a text with at least one letter and no slash")
        case .usedID(let id):
            Diagnostic(.user, "there is a run '\(id)' already", help: "use another --run-id")
        }
    }
}
