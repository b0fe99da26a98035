import ArgumentParser
import Diagnostics
import PackageSources
import SystemPackage

/// `penstock env run ENVIRONMENT -- COMMAND…`: a program that sees the packages of an environment.
struct EnvironmentRunCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a program in an environment; it is built if it is not there.",
        usage: "penstock env run <environment> [OPTIONS] -- <command>...",
        discussion: """
            The program takes the place of penstock: its exit code and signals are the program's own. While it runs the \
            environment cannot be removed. Example:
              penstock env run ds -- python -c 'import pandas; print(pandas.__version__)'
            """)

    @OptionGroup var environment: EnvironmentArguments

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String] = []

    func perform(in session: StandaloneSession) throws -> Int32 {
        let command = command.first == "--" ? Array(command.dropFirst()) : command
        guard !command.isEmpty else {
            throw ValidationError("no command was given; write it after --, as in: penstock env run ds -- python")
        }
        if let launch = environment.launch("run", ["--"] + command) { return try launch.perform(in: session) }
        let (found, index) = (try environment.found(in: session), environment.index.options())
        let usable = try PackageWorkshop.open(session, quiet: false) { try await $0.usable(found, index) }
        return try EnvironmentProgram(usable, session.settings.process).become(command)
    }
}

/// A program that takes the place of this one, in an environment.
struct EnvironmentProgram {
    private let usable: UsableEnvironment
    private let variables: [String: String]

    init(_ usable: UsableEnvironment, _ environment: [String: String]) {
        self.usable = usable
        variables = IsolatedVariables(environment, in: usable.root).values
    }

    /// Returns only if the program cannot be started; then its exit code, as shells have it.
    ///
    /// - Parameter added: further variables.
    func become(_ words: [String], adding added: [String: String] = [:]) throws -> Int32 {
        usable.hold?.outlivesThisProgram()
        let environment = variables.merging(added) { $1 }
        let started = CondaActivation(of: usable.root)?.words(words) ?? words
        let failure = Program(words: started, environment: environment).become()
        let error = ProgramError(program: words[0], reason: failure.reason)
        let terminal = Terminal(descriptor: 2, environment: environment)
        terminal.write(DiagnosticRenderer(terminal).render(error))
        return failure.exitCode
    }
}

/// A program could not be started.
private struct ProgramError: DiagnosticError {
    let program: String
    let reason: String

    var diagnostic: Diagnostic { Diagnostic(.user, "\(program) cannot be started: \(reason)") }
}
