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
            if let name = wordOfAnotherVersion {
                throw SessionError.notInThisVersion(
                    what: "the command '\(name)'",
                    help: "the command run runs the flow on this machine; --help lists what there is")
            }
            let settings = try Settings(process: environment)
            let begun = try FlowSession(invocation, settings: settings)
            session = begun
            let words = OptionVariables(environment: settings.environment).applied(to: try begun.takeTopArguments())
            var command = try FlowCommandLine.parseAsRoot(words)
            guard let flowCommand = command as? any FlowCommand else {
                try command.run()
                return 0
            }
            begun.options = try FlowOptions(flowCommand.root.top, settings: settings)
            if !begun.options.quiet { try greet(in: begun) }
            return try flowCommand.perform(in: begun)
        } catch {
            let code = UsageReport(
                root: FlowCommandLine.self, caller: { callerText(session) }, words: invocation.arguments,
                environment: environment
            ).report(error)
            if code == 0 { showHelpOfFlow(in: session) }
            return code
        }
    }

    private func greet(in session: FlowSession) throws {
        let flow = try session.hello().flow.name
        session.error.writeLine("Penstock \(EngineVersion.current) executing \(flow) for user:\(session.username())")
    }

    /// How the person called the flow: `python flow.py`, with the file's own name where the flow could be loaded.
    private func callerText(_ session: FlowSession?) -> String {
        guard let session, (try? session.hello()) != nil else { return "python flow.py" }
        return session.invocationText
    }

    /// `--help` also tells what the flow itself brings.
    private func showHelpOfFlow(in session: FlowSession?) {
        guard let session else { return }
        // Mutators may add parameters. What keeps them from it is told by the command itself.
        _ = try? session.validatedGraph()
        guard let flow = try? session.hello().flow, let tree = CommandTree.of(FlowCommandLine.self) else { return }
        let help: FlowHelp? =
            switch CommandWalk(tree, invocation.arguments).path {
            case []: FlowHelp(optionsOf: flow)
            case ["run"]: FlowHelp(parametersOf: flow)
            default: nil
            }
        for line in help?.lines ?? [] { session.output.writeLine(line) }
    }

    /// A command of the compatible command line that this version does not have.
    private var wordOfAnotherVersion: String? {
        let later: Set = [
            "spin-step", "step", "init", "batch step", "kubernetes step", "argo-workflows", "step-functions", "airflow",
        ]
        let words = invocation.arguments.drop { $0.hasPrefix("-") }.prefix(2)
        return [words.first, words.joined(separator: " ")].compactMap(\.self).first(where: later.contains)
    }
}
