import ArgumentParser
import Diagnostics
import FlowModel
import FoundationEssentials
import WorkerProtocol

/// The entry for `python flow.py …`.
struct FlowEntry {
    private let invocation: FlowInvocation
    private let environment: [String: String]

    init(_ invocation: FlowInvocation) {
        self.invocation = invocation
        environment = ProcessInfo.processInfo.environment
    }

    /// Parses, performs, reports; returns the exit code.
    func run() -> Int32 {
        var session: FlowSession?
        do {
            if let name = wordOfAnotherVersion { throw SessionError.notInThisVersion(what: "the command '\(name)'") }
            var command = try FlowCommandLine.parseAsRoot(invocation.arguments)
            guard let flowCommand = command as? any FlowCommand else {
                try command.run()
                return 0
            }
            let begun = try begin(flowCommand)
            session = begun
            return try flowCommand.perform(in: begun)
        } catch {
            let code = PenstockEngine.report(error, of: FlowCommandLine.self, environment: environment)
            if code == 0 { showParameters(in: session) }
            return code
        }
    }

    private func begin(_ command: any FlowCommand) throws -> FlowSession {
        let options = try FlowOptions(command.root.top, environment: environment)
        let session = try FlowSession(invocation, options: options, environment: environment)
        if !options.quiet {
            let flow = try session.hello().flow.name
            session.error.writeLine(
                "Penstock \(EngineVersion.current) executing \(flow) for user:\(session.username())")
        }
        return session
    }

    /// `--help` of `run` also lists the flow's own parameters.
    private func showParameters(in session: FlowSession?) {
        guard invocation.arguments.contains("run"),
            let options = try? FlowOptions(TopOptions.parse([]), environment: environment),
            let session = try? session ?? FlowSession(invocation, options: options, environment: environment),
            let parameters = try? session.hello().flow.parameters, !parameters.isEmpty
        else { return }
        session.output.writeLine("\nPARAMETERS OF THIS FLOW:")
        for parameter in parameters { session.output.writeLine(parameter.helpLine) }
    }

    /// A command of the compatible command line that this version does not have.
    private var wordOfAnotherVersion: String? {
        let later: Set = [
            "resume", "spin", "spin-step", "tag", "card", "step", "init", "output-raw", "output-dot", "batch",
            "kubernetes", "argo-workflows", "step-functions", "airflow", "environment",
        ]
        let known: Set = ["check", "show", "run", "dump", "logs", "package", "version", "help"]
        let word = invocation.arguments.first { later.contains($0) || known.contains($0) }
        return word.flatMap { later.contains($0) ? $0 : nil }
    }
}
