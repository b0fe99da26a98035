import ArgumentParser
import Diagnostics
import FoundationEssentials
import Glibc

/// The executable.
package enum PenstockEngine {
    /// Runs the command that this process was started for, and exits.
    package static func main() -> Never {
        signal(SIGPIPE, SIG_IGN)
        let words = Array(CommandLine.arguments.dropFirst())
        if words == ["--version"] {
            Terminal(descriptor: 1, environment: [:]).writeLine("penstock \(EngineVersion.current)")
            exit(0)
        }
        if words.first == "flow", let invocation = FlowInvocation(parsing: words.dropFirst()) {
            exit(FlowEntry(invocation).run())
        }
        exit(runStandalone(words))
    }

    private static func runStandalone(_ words: [String]) -> Int32 {
        let environment = ProcessInfo.processInfo.environment
        do {
            var command = try PenstockCommandLine.parseAsRoot(words)
            if let command = command as? any StandaloneCommand {
                return try command.perform(in: StandaloneSession(environment: environment))
            }
            try command.run()
            return 0
        } catch {
            return report(error, of: PenstockCommandLine.self, environment: environment)
        }
    }

    /// Tells any failure and returns the exit code: 2 for a command line that makes no sense.
    static func report(
        _ error: any Error, of root: any ParsableCommand.Type, environment: [String: String]
    ) -> Int32 {
        let errors = Terminal(descriptor: 2, environment: environment)
        guard isAboutTheCommandLine(error, of: root) else {
            errors.write(DiagnosticRenderer(errors).render(error))
            return DiagnosticRenderer.diagnostic(of: error).failure.exitCode
        }
        let text = root.fullMessage(for: error)
        guard root.exitCode(for: error) != .success else {
            Terminal(descriptor: 1, environment: environment).writeLine(text)
            return 0
        }
        errors.writeLine(text.prefix(1).lowercased() + text.dropFirst())
        return FailureClass.usage.exitCode
    }

    private static func isAboutTheCommandLine(_ error: any Error, of root: any ParsableCommand.Type) -> Bool {
        guard !(error is any DiagnosticError) else { return false }
        let code = root.exitCode(for: error)
        return code == .success || code == .validationFailure
    }
}

/// A command of `penstock …`.
protocol StandaloneCommand: ParsableCommand {
    /// Does the command's work and returns the exit code.
    func perform(in session: StandaloneSession) throws -> Int32
}

/// What a command of `penstock …` works with.
struct StandaloneSession {
    let environment: [String: String]
    let output: Terminal
    let error: Terminal

    init(environment: [String: String]) {
        self.environment = environment
        output = Terminal(descriptor: 1, environment: environment)
        error = Terminal(descriptor: 2, environment: environment)
    }
}
