import ArgumentParser
import Diagnostics
import Executors
import FlowModel
import RunDriver

/// `environment`: the environments of the steps.
struct FlowEnvironmentCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment", abstract: "Make, look at and use the environments of the steps.",
        subcommands: [
            FlowEnvironmentListCommand.self, FlowEnvironmentShowCommand.self, FlowEnvironmentResolveCommand.self,
            FlowEnvironmentCreateCommand.self, FlowEnvironmentPathCommand.self, FlowEnvironmentRunCommand.self,
            FlowEnvironmentShellCommand.self,
        ])

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 { throw CleanExit.helpRequest(Self.self) }
}

/// Work with the environments of a flow.
struct FlowEnvironmentSession {
    let session: FlowSession
    let graph: FlowGraph
    let wishes: FlowWishes

    init(_ session: FlowSession) throws {
        self.session = session
        graph = try session.validatedGraph()
        wishes = try FlowWishes(of: graph, in: session)
    }

    /// Does work, telling how it goes on standard error.
    func perform<Value: Sendable>(
        isQuiet: Bool = false, _ work: @escaping @Sendable (FlowEnvironments, FlowWishes) async throws -> Value
    ) throws -> Value {
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        let locking = try FlowLocking(of: session, progress: progress.sink(quiet: isQuiet || session.options.quiet))
        let (environments, wishes) = (FlowEnvironments(locking), wishes)
        return try waitingUnlessInterrupted { try await work(environments, wishes) }
    }

    /// The environment of a step, built unless it is there.
    func usable(_ step: String) throws -> UsableEnvironment {
        let name = StepName(step)
        guard let node = graph[name] else { throw SpinError.noStep(name, graph.nodes.map(\.name)) }
        let prepared = try perform { environments, wishes in try await environments.prepare(wishes, only: node.name) }
        // Nothing more is asked of the flow; a program that takes the place of this one must not inherit its host.
        session.pool.shutDown()
        guard let made = prepared[name] else { throw StepWithoutEnvironment(step: step) }
        return UsableEnvironment(root: made.root, python: made.python, hold: made.hold)
    }
}

/// A step runs in the interpreter that runs the flow.
private struct StepWithoutEnvironment: DiagnosticError {
    let step: String

    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "step '\(step)' has no environment of its own",
            details: ["it runs in the interpreter that runs the flow"],
            help: "give it packages with @pypi, or put --environment=pypi before the command")
    }
}
