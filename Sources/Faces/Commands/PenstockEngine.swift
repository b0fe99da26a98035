import ArgumentParser
import CMemorySettings
import FoundationEssentials
import Glibc
import Resolution

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
        do throws(TooFewOpenFiles) {
            try OpenFiles.allowEnough()
        } catch {
            let terminal = Terminal(descriptor: 2, environment: ProcessInfo.processInfo.environment)
            terminal.write(DiagnosticRenderer(terminal).render(error))
            exit(1)
        }
        if words.first == "flow", let invocation = FlowInvocation(parsing: words.dropFirst()) {
            exit(FlowEntry(invocation).run())
        }
        exit(runStandalone(words))
    }

    private static func prepareToResolve() {
        // Pages of megabytes come and go.
        penstock_return_large_blocks()
        Task.detached { try? await Rehearsal.perform() }
    }

    /// The commands that may take less time than reading the whole tree of commands, read without it; `nil` for others, and
    /// where there is anything to say, which the whole tree says in its words.
    private static func quickly(_ words: [String]) -> (any ParsableCommand)? {
        switch words.first {
        case "lock": try? LockCommand.parse(Array(words.dropFirst()))
        case "node-task": try? NodeTaskCommand.parse(Array(words.dropFirst()))
        case "resolve": try? ResolveCommand.parse(Array(words.dropFirst()))
        default: nil
        }
    }

    private static func runStandalone(_ words: [String]) -> Int32 {
        let environment = ProcessInfo.processInfo.environment
        do {
            if words.isEmpty { return Welcome(Terminal(descriptor: 1, environment: environment)).show() }
            if words.first == "lock" || words.first == "resolve" { prepareToResolve() }
            var command = try quickly(words) ?? PenstockCommandLine.parseAsRoot(words)
            if let command = command as? any StandaloneCommand {
                return try command.perform(in: StandaloneSession(words, settings: try Settings(process: environment)))
            }
            try command.run()
            return 0
        } catch {
            return UsageReport(
                root: PenstockCommandLine.self, caller: { "penstock" }, words: words, environment: environment
            ).report(error)
        }
    }
}

/// A command of `penstock …`.
protocol StandaloneCommand: ParsableCommand {
    /// Does the command's work and returns the exit code.
    func perform(in session: StandaloneSession) throws -> Int32
}

/// What a command of `penstock …` works with.
struct StandaloneSession {
    /// The command line.
    let words: [String]
    let settings: Settings
    let output: Terminal
    let error: Terminal

    /// The process environment with the person's settings.
    var environment: [String: String] { settings.environment }

    init(_ words: [String], settings: Settings) {
        self.words = words
        self.settings = settings
        let environment = settings.environment
        output = Terminal(descriptor: 1, environment: environment)
        error = Terminal(descriptor: 2, environment: environment)
    }
}
