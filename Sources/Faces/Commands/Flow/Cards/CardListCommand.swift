import ArgumentParser
import Datastore
import FlowModel
import FoundationEssentials
import Ledger
import WorkerProtocol

/// `card list [PATH]`: the cards of a task, or of every task of the newest run.
struct CardListCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the cards of a task, or of the newest run.")

    @ParentCommand var parent: CardCommand
    var root: FlowCommandLine { parent.root }

    @OptionGroup var choice: CardArguments

    @Flag(name: [.customLong("as-json"), .customLong("json")], help: "Print JSON.")
    var asJSON = false

    @Option(help: "With --json: write it to this file.")
    var file: String?

    @Argument(help: "STEP, RUN/STEP or RUN/STEP/TASK; every task of the newest run without it.")
    var path: String?

    func perform(in session: FlowSession) throws -> Int32 {
        guard let path else { return try listNewestRun(in: session) }
        let selection = try CardSelection(path, choice, in: session, tellsTask: !asJSON)
        let listing = CardListing(selection)
        if asJSON {
            try write(listing, in: session)
        } else if !session.options.quiet {
            listing.lines(session).forEach(session.error.writeLine)
        }
        return 0
    }

    private func listNewestRun(in session: FlowSession) throws -> Int32 {
        let flow = try session.hello().flow.name
        guard let records = try session.existingRecords(),
            let run = try records.ledger.latestRun(of: flow)
        else { throw CardError.noTask("\(flow)", session.invocationText) }
        let tasks = try records.ledger.tasks(of: run.key).reversed()
        let listings = tasks.map { CardSelection(of: TaskKey(run: run.key, task: $0.task), $0, choice, in: records) }
            .filter { !$0.cards.isEmpty }.map { CardListing($0) }
        guard !listings.isEmpty else { throw CardError.none("\(flow)/\(run.key.run)", choice) }
        if asJSON {
            try write(listings, in: session)
        } else if !session.options.quiet {
            session.error.writeLine("Cards of the run \(flow)/\(run.key.run)")
            for listing in listings {
                session.error.writeLine("Task \(listing.pathspec)")
                listing.lines(session).forEach(session.error.writeLine)
            }
        }
        return 0
    }

    private func write(_ value: some Encodable, in session: FlowSession) throws {
        let text = try JSONText(value).text
        guard let file else { return session.output.writeLine(text) }
        // The file may be one that the caller holds open.
        try OutputFile(file).write(text.utf8, inPlace: true)
    }
}
