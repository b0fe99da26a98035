import ArgumentParser
import FlowModel

/// `show`: the steps of the flow, what decorates them, and where they lead.
struct ShowCommand: FlowCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the steps of the flow.")

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 {
        let graph = try session.validatedGraph()
        for line in graph.showLines { session.output.writeLine(line) }
        return 0
    }
}
