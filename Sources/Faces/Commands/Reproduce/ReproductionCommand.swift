import ArgumentParser
import Datastore
import Executors
import FlowModel
import FoundationEssentials
import Ledger
import RunDriver
import SystemPackage
import WorkerProtocol

/// `reproduction RUN`: the half of `penstock reproduce` that has the flow at hand. It runs, compares, and tells.
struct ReproductionCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduction", abstract: "Go on for penstock reproduce.", shouldDisplay: false)

    @ParentCommand var root: FlowCommandLine

    @Argument(help: "The run to reproduce.")
    var run: String

    @Option(help: "Where its code package was unpacked.")
    var folder: String

    @OptionGroup var choices: ReproductionChoices

    func perform(in session: FlowSession) throws -> Int32 {
        let code = UnpackedCode(at: FilePath(folder))
        defer {
            session.pool.shutDown()
            code.remove()
        }
        let recorded = try recorded(in: session)
        session.options.environmentSource = FlowOptions.EnvironmentSource(name: recorded.options.environment) ?? .asDecorated
        session.options.decoratorSpecs = []
        let graph = try session.validatedGraph(
            adding: recorded.options.with ?? [], configs: try recorded.configs(), withDefaults: false)
        let first = try firstStep(of: graph, recorded)
        let reproduction = try Reproduction(recorded, code: code, isOffline: choices.offline)
        let preparation = try RunPreparation(
            session, graph, try options(recorded), command: "REPRODUCE", reproducing: reproduction)
        let records = try session.openRecords()
        let key = RunKey(flow: graph.name, run: RunID(microseconds: WallTime.now().microseconds))
        var plan = try preparation.plan(
            key, parameters: try ParameterValues(parsing: [], environment: [:], of: []), namespace: nil, in: records)
        plan.origin = RunOrigin(key: recorded.key, rerun: [first], isReproduced: true)
        plan.systemTags.append(ReproductionTag(of: recorded.key.run).text)
        var verdict: ReproductionReport.Verdict?
        let ending = try preparation.run(plan, in: records) { environments, ending in
            if case .stopped = ending { return }
            let repeated = RepeatedRun(
                recorded: recorded, key: key, graph: graph, environments: environments, noted: reproduction.noted,
                variables: plan.variables, pythonVersion: try session.hello().python.version)
            let report = try ReproductionInquiry(
                repeated, tolerance: choices.tolerance, session: session, records: records
            ).report()
            try tell(report, on: session)
            verdict = report.verdict
        }
        guard case .stopped = ending else { return verdict?.exitCode ?? 1 }
        return ending.exitCode(in: session)
    }

    private func recorded(in session: FlowSession) throws -> RecordedRun {
        let flow = try session.hello().flow.name
        guard let records = try session.existingRecords(),
            let found = try records.ledger.run(RunKey(flow: flow, run: RunID(run)))
        else { throw RecordError.noRun(flow, RunID(run), latest: nil) }
        return try RecordedRun(found, in: records)
    }

    private func firstStep(of graph: FlowGraph, _ recorded: RecordedRun) throws -> StepName {
        guard let name = choices.firstStep else { return graph.entry }
        guard graph[StepName(name)] != nil else {
            throw ReproduceError.noStep(name, of: recorded.words, known: graph.nodes.map(\.name))
        }
        return StepName(name)
    }

    private func options(_ recorded: RecordedRun) throws -> RunOptions {
        var options = try RunOptions.parse([])
        options.tags = choices.tags
        options.maxWorkers = choices.maxWorkers
        options.maxNumSplits = recorded.options.maxSplits ?? 1_000_000
        return options
    }

    private func tell(_ report: ReproductionReport, on session: FlowSession) throws {
        guard !choices.json else { return session.output.writeLine(try JSONText(report).text) }
        session.error.writeLine("")
        var buffer = OutputBuffer(session.output)
        for line in ReproductionText(report).lines(on: session.output) { buffer.writeLine(line) }
        buffer.flush()
    }
}

/// The tag of a run that reproduces another one.
struct ReproductionTag {
    let text: String

    init(of run: RunID) { text = "reproduces:\(run)" }
}

/// A run that was run again, with what is known of how.
struct RepeatedRun {
    let recorded: RecordedRun
    /// The new run.
    let key: RunKey
    let graph: FlowGraph
    let environments: StepEnvironments
    /// The environments that the recorded run had.
    let noted: [StepName: RecordedEnvironment]
    let variables: [StepName: [String: String]]
    /// Of the Python that runs the flow file.
    let pythonVersion: String
}
