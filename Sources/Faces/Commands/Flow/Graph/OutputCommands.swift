import ArgumentParser
import FlowModel
import WorkerProtocol

/// `output-raw`: all that is known of the graph.
struct OutputRawCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "output-raw", abstract: "Print the graph in every detail.")

    @ParentCommand var root: FlowCommandLine

    @Flag(help: "Print JSON.")
    var json = false

    func perform(in session: FlowSession) throws -> Int32 {
        let graph = try session.validatedGraph()
        if json {
            session.output.writeLine(try JSONText(verbatim: graph.data).text)
        } else {
            graph.detailLines.forEach(session.output.writeLine)
        }
        return 0
    }
}

/// `output-dot`: the graph for Graphviz.
struct OutputDotCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "output-dot", abstract: "Print the graph as a drawing for Graphviz.",
        discussion: "To make an image: python flow.py --quiet output-dot | dot -Tpng -o graph.png")

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 {
        session.output.write(try session.validatedGraph().dot)
        return 0
    }
}

/// `describe`: the flow as its worker describes it, for the runner of the SDK (docs/worker-protocol.md, "Flow description").
struct DescribeCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Print the flow's description as JSON.", shouldDisplay: false)

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 {
        // Configs and what changes the flow by them are settled with the graph.
        _ = try session.validatedGraph()
        session.output.writeLine(try JSONText(verbatim: try session.hello().flow).text)
        return 0
    }
}
