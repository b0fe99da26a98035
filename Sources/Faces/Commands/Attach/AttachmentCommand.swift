import ArgumentParser
import Executors
import FlowModel
import Ledger
import Remotes
import RunDriver
import SystemPackage
import WorkerProtocol

/// `attachment RUN`: the half of `penstock attach` that has the flow at hand.
struct AttachmentCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "attachment", abstract: "Go on for penstock attach.", shouldDisplay: false)

    @ParentCommand var root: FlowCommandLine

    @Argument(help: "The run to go on with.")
    var run: String

    @Option(help: "Where its code package was unpacked.")
    var folder: String

    func perform(in session: FlowSession) throws -> Int32 {
        let code = UnpackedCode(at: FilePath(folder))
        defer {
            session.pool.shutDown()
            code.remove()
        }
        let flow = try session.hello().flow.name
        guard let found = try session.existingRecords()?.ledger.run(RunKey(flow: flow, run: RunID(run))) else {
            throw RecordError.noRun(flow, RunID(run), latest: nil)
        }
        let records = try session.openRecords()
        let recorded = try RecordedRun(found, in: records)
        session.options.environmentSource = FlowOptions.EnvironmentSource(name: recorded.options.environment) ?? .asDecorated
        session.options.decoratorSpecs = []
        let graph = try session.validatedGraph(
            adding: recorded.options.with ?? [], configs: try recorded.configs(), withDefaults: false)
        let preparation = try RunPreparation(
            session, graph, try options(recorded), command: "ATTACH", attachingTo: recorded)
        var plan = try preparation.plan(
            recorded.key, parameters: try ParameterValues(parsing: [], environment: [:], of: []),
            namespace: nil, in: records)
        plan.origin = found.originRun.map { RunOrigin(key: RunKey(flow: flow, run: $0)) }
        var attachment = Attachment(attempts: try records.ledger.allAttempts(of: recorded.key))
        if let objects = records.remote?.store.objects {
            let key = recorded.key
            attachment.groups = try waiting { try await Attachment.groups(of: key, in: objects) }
        }
        plan.attachment = attachment
        return try preparation.perform(plan, in: records)
    }

    private func options(_ recorded: RecordedRun) throws -> RunOptions {
        var options = try RunOptions.parse([])
        options.maxWorkers = recorded.options.maxWorkers
        options.maxNumSplits = recorded.options.maxSplits
        options.snapshot = recorded.options.snapshot
        return options
    }
}
