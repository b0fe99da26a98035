import ArgumentParser
import SystemPackage

/// `environment path STEP`: where the environment of a step lies.
struct FlowEnvironmentPathCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "path", abstract: "Print the folder of a step's environment; it is built if it is not there.")

    @ParentCommand var parent: FlowEnvironmentCommand
    var root: FlowCommandLine { parent.root }

    @Argument(help: "The step.")
    var step: String

    @Flag(help: "Print the path of its Python.")
    var python = false

    func perform(in session: FlowSession) throws -> Int32 {
        let usable = try FlowEnvironmentSession(session).usable(step)
        session.output.writeLine((python ? usable.python : usable.root).string)
        return 0
    }
}

/// `environment run STEP -- COMMAND…`: a program in the environment of a step.
struct FlowEnvironmentRunCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a program in the environment of a step; it takes the place of this one.",
        usage: "flow.py environment run <step> -- <command>...")

    @ParentCommand var parent: FlowEnvironmentCommand
    var root: FlowCommandLine { parent.root }

    @Argument(help: "The step.")
    var step: String

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String] = []

    func perform(in session: FlowSession) throws -> Int32 {
        let command = command.first == "--" ? Array(command.dropFirst()) : command
        guard !command.isEmpty else { throw ValidationError("no command was given; write it after --") }
        let usable = try FlowEnvironmentSession(session).usable(step)
        return try EnvironmentProgram(usable, session.settings.process).become(command)
    }
}

/// `environment shell STEP`: the person's shell in the environment of a step.
struct FlowEnvironmentShellCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Start your shell in the environment of a step; leave it with exit.")

    @ParentCommand var parent: FlowEnvironmentCommand
    var root: FlowCommandLine { parent.root }

    @Argument(help: "The step.")
    var step: String

    func perform(in session: FlowSession) throws -> Int32 {
        let usable = try FlowEnvironmentSession(session).usable(step)
        return try PersonsShell(session.settings.process, marker: step).become(in: usable)
    }
}
