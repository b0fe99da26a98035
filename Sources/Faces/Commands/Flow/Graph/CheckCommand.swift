import ArgumentParser
import Diagnostics
import FlowModel
import RunDriver

/// `check`: whether the flow's graph is sound. Also what happens without a command.
struct CheckCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check that the flow is valid; with pylint, too, where that is installed.")

    @ParentCommand var root: FlowCommandLine

    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Show all that pylint says, not only errors.")
    var warnings = false

    func perform(in session: FlowSession) throws -> Int32 {
        let graph = try session.validatedGraph()
        try FlowWishes.check(graph, in: session)
        if root.top.pylint, let lint = Pylint(of: try session.hello()) {
            guard lint.run(showingWarnings: warnings, on: session.error) else {
                throw PylintError.found(graph.description.script)
            }
        }
        guard !session.options.quiet else { return 0 }
        let caller = session.invocationText
        for line in [
            "The flow \(graph.name) looks good.", "  \(caller) show   shows its steps", "  \(caller) run    runs it",
            "  \(caller) help   lists all commands",
        ] { session.error.writeLine(line) }
        return 0
    }
}
