import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import Ledger
import RunDriver
import WorkerProtocol

/// `spin [[FLOW/]RUN/]STEP[/TASK]`: runs one recorded task again, by itself, on the inputs that it had.
struct SpinCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "spin", abstract: "Run one task of an earlier run again, with the code as it is now.",
        discussion: """
            The task is taken from the newest run unless RUN names another. What it makes is kept apart from runs of the flow; \
            nothing follows it.
            """)

    @ParentCommand var root: FlowCommandLine

    @OptionGroup var options: RunOptions

    @Flag(inversion: .prefixedNo, help: "Leave out the decorators of the step.")
    var skipDecorators = false

    @Option(help: "A Python file whose ARTIFACTS take the place of what the task inherits.")
    var artifactsModule: String?

    @Flag(inversion: .prefixedNo, help: .hidden)
    var persist = false

    @Argument(help: "STEP, RUN/STEP, or RUN/STEP/TASK; also with the flow's name in front.")
    var path: String

    func perform(in session: FlowSession) throws -> Int32 {
        let description = try session.hello().flow
        let selection = try SpinSelection(path, of: description)
        guard let found = try session.existingRecords() else {
            throw SpinError.nothingRecorded(session.invocationText)
        }
        let origin = try selection.run(in: found.ledger, flow: description.name)
        let decorators = options.decorators(in: session.environment, command: "SPIN")
        let graph = try session.validatedGraph(adding: decorators, withDefaults: false)
        guard let node = graph[selection.step] else { throw SpinError.noStep(selection.step, graph.nodes.map(\.name)) }
        let preparation = try RunPreparation(session, graph, options, command: "SPIN")
        let records = try session.openRecords()
        let key = RunKey(flow: graph.name, run: RunID(microseconds: WallTime.now().microseconds))
        var plan = try preparation.plan(
            key, parameters: try ParameterValues(parsing: [], environment: [:], of: []), namespace: nil, in: records)
        plan.kind = .spun
        plan.limitToSpin(node.name, skippingDecorators: skipDecorators)
        let task = try selection.task(of: origin, in: records.ledger)
        plan.spin = try RecordedPlace(task, of: origin.key, node: node, ledger: records.ledger)
            .spinTask(overrides: try artifactsModule.map { try Self.existing($0) })
        return try preparation.perform(plan, in: records, spun: (node.name, TaskID(number: 1)))
    }

    private static func existing(_ path: String) throws -> String {
        let absolute = AbsolutePath(path).text
        guard AbsolutePath.isFile(absolute) else { throw SpinError.noModule(path) }
        return absolute
    }
}

extension RunPlan {
    /// Of a step's decorators, only those that change how one attempt runs have a meaning.
    fileprivate mutating func limitToSpin(_ step: StepName, skippingDecorators: Bool) {
        guard var own = settings[step] else { return }
        own.catch = nil
        if skippingDecorators {
            own.timeout = nil
            own.cards = nil
            own.secrets = nil
            variables[step] = nil
        }
        settings[step] = own.isEmpty ? nil : own
    }
}

/// What the person asked to spin.
private struct SpinSelection {
    var run: RunID?
    let step: StepName
    var task: TaskID?

    init(_ text: String, of flow: FlowDescription) throws {
        var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains("") else { throw SpinError.badPath(text) }
        if parts.count > 2, parts[0] == flow.name.text { parts.removeFirst() }
        let isStep = { (name: String) in flow.steps.contains { $0.name.text == name } }
        switch parts.count {
        case 1: step = StepName(parts[0])
        case 2 where isStep(parts[0]) && !isStep(parts[1]):
            step = StepName(parts[0])
            task = TaskID(parts[1])
        case 2:
            run = RunID(parts[0])
            step = StepName(parts[1])
        case 3:
            run = RunID(parts[0])
            step = StepName(parts[1])
            task = TaskID(parts[2])
        default: throw SpinError.badPath(text)
        }
    }

    func run(in ledger: RunLedger, flow: FlowName) throws -> RunRecord {
        guard let run else {
            guard let newest = try ledger.latestRun(of: flow) else { throw SpinError.noRun("\(flow)") }
            return newest
        }
        guard let found = try ledger.run(RunKey(flow: flow, run: run)) else { throw SpinError.noRun("\(flow)/\(run)") }
        return found
    }

    func task(of run: RunRecord, in ledger: RunLedger) throws -> TaskRecord {
        let tasks = try ledger.tasks(of: run.key, step: step)
        guard let found = task == nil ? tasks.first : tasks.first(where: { $0.task == task }) else {
            throw SpinError.noTask("\(run.key.flow)/\(run.key.run)/\(step)" + (task.map { "/\($0)" } ?? ""))
        }
        return found
    }
}

/// Why a task cannot be spun.
enum SpinError: DiagnosticError {
    case badPath(String)
    case nothingRecorded(String)
    case noRun(String)
    case noStep(StepName, [StepName])
    case noTask(String)
    case isParallel(StepName)
    case noModule(String)

    var diagnostic: Diagnostic {
        switch self {
        case .badPath(let text):
            Diagnostic(.user, "'\(text)' does not name a task", help: "write STEP, RUN/STEP, or RUN/STEP/TASK")
        case .nothingRecorded(let invocation):
            Diagnostic(.user, "there is no run whose tasks could be spun", help: "run the flow first: \(invocation) run")
        case .noRun(let path):
            Diagnostic(.user, "there is no run \(path)", help: "name one that there is; penstock runs lists them")
        case .noStep(let step, let steps):
            Diagnostic(
                .user, "the flow has no step '\(step)'",
                help: "name one of its steps: \(steps.map(\.text).joined(separator: ", "))")
        case .noTask(let path):
            Diagnostic(.user, "there is no task at \(path)", help: "penstock show lists the tasks of a run")
        case .isParallel(let step):
            Diagnostic(
                .user, "step '\(step)' runs on several nodes at a time (@parallel), and cannot be spun",
                help: "spin another step, or resume from this one")
        case .noModule(let path):
            Diagnostic(.user, "the file of --artifacts-module does not exist", file: path, help: "name a Python file")
        }
    }
}
