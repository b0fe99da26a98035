import ArgumentParser

/// A command that is passed on to a flow file.
protocol FlowFileCommand: StandaloneCommand {
    var interpreter: InterpreterArguments { get }
    /// Options of the flow, its file, and what belongs to the command.
    var words: [String] { get }
}

extension FlowFileCommand {
    func perform(in session: StandaloneSession) throws -> Int32 {
        let name = Self.configuration.commandName ?? ""
        if let word = words.first, word == "--help" || word == "-h" { throw CleanExit.helpRequest(Self.self) }
        guard let place = words.firstIndex(where: FlowLaunch.isFlowFile) ?? words.firstIndex(where: { !$0.hasPrefix("-") })
        else { throw FlowLaunchError.noFlowNamed(command: name) }
        return try FlowLaunch(
            file: words[place], top: Array(words[..<place]), command: [name] + words[(place + 1)...],
            python: interpreter.python
        ).perform(in: session)
    }
}

extension ArgumentHelp {
    fileprivate static let flowFile = ArgumentHelp(
        "The flow file, and what follows `python flow.py COMMAND`. Options before it are those of the flow itself, as --quiet.",
        valueName: "flow.py")
}

/// `penstock run flow.py`
struct RunFlowCommand: FlowFileCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a flow.",
        usage: "penstock run [--python <python>] [OPTIONS OF THE FLOW] <flow.py> [PARAMETERS AND OPTIONS]",
        discussion: """
            The same as `python flow.py run`. Examples:
              penstock run flow.py
              penstock run flow.py --alpha 0.5 --max-workers 8 --tag nightly
              penstock run --environment pypi flow.py

            `penstock run flow.py --help` lists the options and the parameters of that flow.
            """)

    @OptionGroup var interpreter: InterpreterArguments

    @Argument(parsing: .captureForPassthrough, help: .flowFile, completion: .file(extensions: ["py"]))
    var words: [String]
}

/// `penstock resume flow.py`
struct ResumeFlowCommand: FlowFileCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a run that failed or was stopped.",
        usage: "penstock resume [--python <python>] [OPTIONS OF THE FLOW] <flow.py> [STEP] [OPTIONS]",
        discussion: """
            The same as `python flow.py resume`: a new run that takes over what succeeded. Examples:
              penstock resume flow.py
              penstock resume flow.py train --origin-run-id 1763900000000000
            """)

    @OptionGroup var interpreter: InterpreterArguments

    @Argument(parsing: .captureForPassthrough, help: .flowFile, completion: .file(extensions: ["py"]))
    var words: [String]
}

/// `penstock spin flow.py`
struct SpinFlowCommand: FlowFileCommand {
    static let configuration = CommandConfiguration(
        commandName: "spin", abstract: "Run one task of an earlier run again, by itself.",
        usage: "penstock spin [--python <python>] [OPTIONS OF THE FLOW] <flow.py> <step> [OPTIONS]",
        discussion: "The same as `python flow.py spin`. Example: penstock spin flow.py train")

    @OptionGroup var interpreter: InterpreterArguments

    @Argument(parsing: .captureForPassthrough, help: .flowFile, completion: .file(extensions: ["py"]))
    var words: [String]
}

/// `penstock check flow.py`
struct CheckFlowCommand: FlowFileCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check that a flow is valid.",
        usage: "penstock check [--python <python>] [OPTIONS OF THE FLOW] <flow.py> [OPTIONS]",
        discussion: "The same as `python flow.py check`. Example: penstock check flow.py")

    @OptionGroup var interpreter: InterpreterArguments

    @Argument(parsing: .captureForPassthrough, help: .flowFile, completion: .file(extensions: ["py"]))
    var words: [String]
}
