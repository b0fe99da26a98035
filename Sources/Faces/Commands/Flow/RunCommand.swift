import ArgumentParser
import Datastore
import Diagnostics
import Digests
import FlowModel
import FoundationEssentials
import Glibc
import Ledger
import RunDriver
import Scheduler
import SystemPackage
import WorkerProtocol


/// `run`: runs the flow.
struct RunCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the flow.",
        discussion: "Further options are the flow's own parameters, as in --alpha 0.5.")

    @ParentCommand var root: FlowCommandLine

    @Option(name: .customLong("tag"), help: "Tag the run; may be given several times.")
    var tags: [String] = []

    @Option(help: "How many tasks may run at a time.")
    var maxWorkers: Int?

    @Option(help: "How many items a foreach may have.")
    var maxNumSplits: Int?

    @Option(name: .customLong("with"), help: "Add a decorator to every step that lacks it, as retry:times=2.")
    var decorators: [String] = []

    @Option(help: "Write the run's id to this file before any task starts.")
    var runIdFile: String?

    @Option(help: "The namespace of the run; user:NAME by default.")
    var namespace: String?

    @Option(help: .hidden)
    var maxLogSize: Int?

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var parameters: [String] = []

    func perform(in session: FlowSession) throws -> Int32 {
        let limits = try RunLimits(self, environment: session.environment)
        let graph = try session.validatedGraph(adding: decorators)
        try graph.description.checkParameters()
        let values = try ParameterValues(
            parsing: parameters, environment: session.environment, of: graph.description.parameters)
        let userTags = try RunTags(tags, environment: session.environment).texts
        let username = session.username()
        let hello = try session.hello()
        let environments = try StepEnvironments(of: graph, in: session)

        let records = try RunRecords(session.storeLocation)
        let key = RunKey(flow: graph.name, run: RunID(microseconds: WallTime.now().microseconds))
        let log = try RunLogWriter(records.location, flow: key.flow.text, run: key.run.text)
        if let runIdFile { try writeRunID(key.run, to: runIdFile) }
        var plan = RunPlan(
            key: key, graph: graph,
            scheduling: SchedulerOptions(
                maxWorkers: limits.maxWorkers, maxSplits: limits.maxSplits, attempts: graph.attempts),
            username: username, namespace: namespace ?? "user:\(username)", userTags: userTags,
            systemTags: [
                "metaflow_version:\(EngineVersion.current)", "python_version:\(hello.python.version)", "runtime:dev",
                "user:\(username)",
            ], parameters: values)
        plan.hosts = environments.hosts
        for node in graph.nodes { plan.variables[node.name] = node.decorators.variables.values }
        plan.metadata = [
            MetadataEntry(name: "runtime", value: "dev", type: "runtime"),
            MetadataEntry(name: "user", value: username, type: "user"),
            MetadataEntry(name: "python_version", value: hello.python.version, type: "python_version"),
            MetadataEntry(name: "metaflow_version", value: EngineVersion.current, type: "metaflow_version"),
            MetadataEntry(name: "script-name", value: hello.flow.script, type: "script-name"),
            MetadataEntry(name: "origin-run-id", value: "None", type: "origin-run-id"),
            MetadataEntry(name: "ds-type", value: "local", type: "ds-type"),
            MetadataEntry(name: "ds-root", value: records.location.root.string, type: "ds-root"),
        ]
        session.prepareHosts(environments.commandLines)
        let driver = RunDriver(
            plan, loop: session.loop, pool: session.pool, ledger: records.ledger, store: records.store, log: log,
            observer: RunReporter(session.output, run: key.run))
        let packaging = try CodePackaging(session, locks: environments.locks)
        driver.makePackage { try packaging.make() }
        return exitCode(of: try driver.run(), on: session)
    }

    private func exitCode(of ending: RunEnding, on session: FlowSession) -> Int32 {
        switch ending {
        case .succeeded: return 0
        case .failed: return 1
        case .stopped(SIGINT):
            session.error.writeLine("Aborted!")
            return 1
        case .stopped(let signal): return 128 + signal
        }
    }

    private func writeRunID(_ run: RunID, to path: String) throws {
        do {
            try Data(run.text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw RunCommandError.runIDFile(path: path, reason: "\(error)")
        }
    }
}

/// The limits of a run: typed, else from the environment, else by default.
private struct RunLimits {
    var maxWorkers = 16
    var maxSplits = 100

    init(_ command: RunCommand, environment: [String: String]) throws {
        maxWorkers = try Self.limit("max-workers", command.maxWorkers, environment) ?? 16
        maxSplits = try Self.limit("max-num-splits", command.maxNumSplits, environment) ?? 100
    }

    private static func limit(_ option: String, _ typed: Int?, _ environment: [String: String]) throws -> Int? {
        var value = typed
        let suffix = option.uppercased().replacing("-", with: "_")
        for variable in ["PENSTOCK_RUN_\(suffix)", "METAFLOW_RUN_\(suffix)"] where value == nil {
            guard let text = environment[variable], !text.isEmpty else { continue }
            guard let number = Int(text) else { throw RunCommandError.notANumber(variable, text) }
            value = number
        }
        if let value, value < 1 { throw RunCommandError.tooSmall(option, value) }
        return value
    }
}

/// The tags that a person gives a run.
private struct RunTags {
    let texts: [String]

    init(_ typed: [String], environment: [String: String]) throws {
        let more = environment["PENSTOCK_RUN_TAGS"] ?? environment["METAFLOW_RUN_TAGS"] ?? ""
        texts = typed + more.split(separator: " ").map(String.init)
        guard texts.count <= 50 else { throw RunCommandError.tags("there can be 50 of them at most") }
        guard texts.allSatisfy({ !$0.isEmpty && $0.count <= 500 }) else {
            throw RunCommandError.tags("each has between 1 and 500 characters")
        }
    }
}

/// What is wrong with the options of `run`.
enum RunCommandError: DiagnosticError {
    case notANumber(String, String)
    case tooSmall(String, Int)
    case tags(String)
    case runIDFile(path: String, reason: String)

    var diagnostic: Diagnostic {
        switch self {
        case .notANumber(let variable, let text): Diagnostic(.usage, "\(variable) is '\(text)', which is no whole number")
        case .tooSmall(let option, let value): Diagnostic(.usage, "--\(option) is \(value); it must be at least 1")
        case .tags(let rule): Diagnostic(.usage, "the tags of the run cannot be used: \(rule)")
        case .runIDFile(let path, let reason):
            Diagnostic(.user, "cannot write the run's id to \(path)", file: path, details: [reason])
        }
    }
}
