import ArgumentParser
import FlowModel

/// `show`: the steps of the flow, what decorates them, and where they lead.
struct ShowCommand: FlowCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the steps of the flow.")

    @ParentCommand var root: FlowCommandLine

    @Flag(help: "Print JSON: the graph as output-raw --json has it.")
    var json = false

    func perform(in session: FlowSession) throws -> Int32 {
        let graph = try session.validatedGraph()
        if json {
            session.output.writeLine(try JSONText(verbatim: graph.data).text)
            return 0
        }
        for line in graph.showLines { session.output.writeLine(line) }
        return 0
    }
}
