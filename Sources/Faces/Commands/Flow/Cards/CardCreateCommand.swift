import ArgumentParser
import Datastore
import Diagnostics
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import RunDriver
import SystemPackage
import WorkerProtocol

/// `card create RUN/STEP/TASK`: makes a card of a recorded task.
struct CardCreateCommand: FlowCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a card of a task that has run.")

    @ParentCommand var parent: CardCommand
    var root: FlowCommandLine { parent.root }

    @Option(help: "The type of the card.")
    var type = "default"

    @Option(help: "Options of the card, as JSON.")
    var options: String?

    @Option(help: ArgumentHelp("How long making it may take.", valueName: "seconds"))
    var timeout: Int?

    @Flag(help: "When it cannot be made, make a card that tells why.")
    var renderErrorCard = false

    @Option(help: "The id of the card.")
    var id: String?

    @Option(help: .hidden)
    var mode = "render"

    @Argument(help: "RUN/STEP/TASK")
    var path: String

    func validate() throws {
        if let timeout, timeout < 0 { throw ValidationError("--timeout is \(timeout); it must be 0 or more") }
        guard mode == "render" else { throw ValidationError("--mode is '\(mode)'; a recorded task can only be rendered") }
    }

    func perform(in session: FlowSession) throws -> Int32 {
        let order = CardOrder(
            type: type, id: id, options: try optionValues(), timeout: timeout.map(Double.init), saveErrors: renderErrorCard)
        _ = try session.validatedGraph()
        let selection = try TaskSelection(path, in: session)
        guard path.split(separator: "/").count == 3 else { throw CardCreateError.notATask(path) }
        guard let (key, task) = selection.tasks.first, let found = selection.records, let attempt = task.attempt else {
            throw TaskSelectionError.noTasks(selection.path)
        }
        let records = try session.openRecords()
        let request = ErrandRequest(
            .card(order), flow: key.run.flow.text, path: Pathspec(key.run.flow, key.run.run, task.step, key.task),
            username: session.username(), namespace: "user:\(session.username())",
            staging: records.location.staging.string, inlineLimit: 1 << 16, datastoreRoot: records.location.root.string,
            configuration: session.configuration)
        var made: [CardEntry] = []
        let code = try WorkerErrand(.errand(request), in: session, records: records) { item, blob in
            let card = CardEntry(
                type: item.type, id: item.id, hash: item.hash ?? String(blob.digest.hex.prefix(20)), digest: blob.digest,
                size: blob.size, at: .now())
            try records.ledger.commit(
                [.blobs([blob]), .card(AttemptKey(task: key.task, attempt: attempt), card)], of: key.run)
            made.append(card)
        }.run()
        guard let card = made.last else { throw CardError.notMade(selection.path) }
        try records.publish(key.run)
        if !session.options.quiet {
            session.error.writeLine("Made a card of type \(card.type) with the hash \(card.hash.prefix(5)).")
        }
        return code
    }

    private func optionValues() throws -> JSONValue? {
        guard let options else { return nil }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(options.utf8)), case .object = value else {
            throw CardCreateError.badOptions(options)
        }
        return value
    }
}

/// What is wrong with the order of a card.
enum CardCreateError: DiagnosticError {
    case badOptions(String)
    case notATask(String)

    var diagnostic: Diagnostic {
        switch self {
        case .badOptions(let text):
            Diagnostic(.usage, "--options is '\(text)', which is no JSON object", help: #"write it as '{"name": "value"}'"#)
        case .notATask(let text):
            Diagnostic(.user, "'\(text)' does not name one task", help: "write RUN/STEP/TASK")
        }
    }
}
