import ArgumentParser

/// `check`: whether the flow's graph is sound. Also what happens without a command.
struct CheckCommand: FlowCommand {
    static let configuration = CommandConfiguration(commandName: "check", abstract: "Check that the flow is valid.")

    @ParentCommand var root: FlowCommandLine

    @Flag(help: .hidden)
    var warnings = false

    func perform(in session: FlowSession) throws -> Int32 {
        _ = try session.validatedGraph()
        session.error.writeLine("The flow looks good. To run it: \(session.invocationText) run")
        return 0
    }
}
