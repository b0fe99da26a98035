import ArgumentParser
import Datastore
import FlowModel
import Ledger

/// `run`: runs the flow.
struct RunCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the flow.",
        discussion: "Further options are the flow's own parameters, as in --alpha 0.5.")

    @ParentCommand var root: FlowCommandLine

    @OptionGroup var options: RunOptions

    @Option(help: "The namespace of the run; user:NAME by default.")
    var namespace: String?

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var parameters: [String] = []

    func perform(in session: FlowSession) throws -> Int32 {
        let graph = try session.validatedGraph(adding: options.decorators(in: session.environment, command: "RUN"))
        let preparation = try RunPreparation(session, graph, options, command: "RUN")
        try graph.description.checkParameters()
        let values = try ParameterValues(
            parsing: parameters, environment: session.environment, of: graph.description.parameters)
        try IncludedFiles.check(graph.description.parameters, values)
        let records = try session.openRecords()
        let key = RunKey(flow: graph.name, run: RunID(microseconds: WallTime.now().microseconds))
        return try preparation.perform(
            try preparation.plan(key, parameters: values, namespace: namespace, in: records), in: records)
    }
}
