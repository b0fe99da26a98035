import Datastore
import Diagnostics
import FlowModel
import Ledger
import WorkerProtocol

/// The cards of one task that a person asked for.
struct CardSelection {
    let records: RunRecords
    /// The task that made them: `Flow/run/step/task`.
    let task: Pathspec
    let cards: [CardRecord]

    /// - Parameter path: `STEP` of the newest run, `RUN/STEP` or `RUN/STEP/TASK`.
    init(_ path: String, _ arguments: CardArguments, in session: FlowSession, tellsTask: Bool = true) throws {
        let flow = try session.hello().flow.name
        guard let records = try session.existingRecords() else {
            throw CardError.noTask(path, session.invocationText)
        }
        let (key, record) = try Self.task(path, of: flow, in: records, session)
        self.init(of: key, record, arguments, in: records)
        if tellsTask, !session.options.quiet { session.error.writeLine("Cards of \(task)") }
        guard !cards.isEmpty else { throw CardError.none(task.description, arguments) }
    }

    /// The cards of a task, which may be none.
    init(of key: TaskKey, _ record: TaskRecord, _ arguments: CardArguments, in records: RunRecords) {
        let all = (try? records.ledger.cards(of: key, followingClones: arguments.followResumed)) ?? []
        self.records = records
        let maker = all.first?.task ?? key
        task = Pathspec(maker.run.flow, maker.run.run, record.step, maker.task)
        cards = all.filter { record in
            (arguments.type ?? record.card.type) == record.card.type && (arguments.id ?? record.card.id) == record.card.id
                && (arguments.hash.map { Self.matches(record.card.hash, $0) } ?? true)
        }
    }

    private static func matches(_ hash: String, _ wanted: String) -> Bool {
        hash == wanted || wanted.count >= 5 && hash.hasPrefix(wanted)
    }

    private static func task(
        _ path: String, of flow: FlowName, in records: RunRecords, _ session: FlowSession
    ) throws -> (TaskKey, TaskRecord) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), !parts.contains("") else { throw CardError.badPath(path) }
        let run = parts.count == 1 ? try records.ledger.latestRun(of: flow)?.key.run : RunID(parts[0])
        guard let run else { throw CardError.noTask(path, session.invocationText) }
        let key = RunKey(flow: flow, run: run)
        let step = StepName(parts.count == 1 ? parts[0] : parts[1])
        let found = parts.count == 3
            ? try records.ledger.task(TaskKey(run: key, task: TaskID(parts[2]))).flatMap { $0.step == step ? $0 : nil }
            : try records.ledger.tasks(of: key, step: step, limit: 1).first
        guard let found else {
            let rest = (parts.count == 1 ? parts : Array(parts.dropFirst())).joined(separator: "/")
            throw CardError.noTask("\(flow)/\(run)/\(rest)", session.invocationText)
        }
        return (TaskKey(run: key, task: found.task), found)
    }
}

/// Why there is no card to show.
enum CardError: DiagnosticError {
    case badPath(String)
    case noTask(String, String)
    case none(String, CardArguments)
    case notMade(String)
    case cannotOpen(String, reason: String)

    var diagnostic: Diagnostic {
        switch self {
        case .badPath(let text):
            Diagnostic(.user, "'\(text)' does not name a task", help: "write STEP, RUN/STEP or RUN/STEP/TASK")
        case .noTask(let path, let caller):
            Diagnostic(
                .user, "there is no task at \(path)",
                help: "penstock runs lists what was run; \(caller) run makes a run")
        case .none(let path, let arguments):
            // Scripts look for the first four words.
            Diagnostic(
                .user, "Card not found in datastore: \(path) has no card" + Self.conditions(arguments),
                help: "`card list` shows the cards of a task; --hash needs the whole hash or at least five letters of it")
        case .notMade(let path):
            Diagnostic(
                .user, "no card was made for \(path)",
                help: "see above for the reason; --render-error-card makes a card that tells it")
        case .cannotOpen(let path, let reason):
            Diagnostic(.user, "no browser could be started: \(reason)", help: "open this file in one: \(path)")
        }
    }

    private static func conditions(_ arguments: CardArguments) -> String {
        let parts = [
            arguments.type.map { "of type '\($0)'" }, arguments.id.map { "with the id '\($0)'" },
            arguments.hash.map { "with the hash '\($0)'" },
        ].compactMap { $0 }
        return parts.isEmpty ? "" : " " + parts.joined(separator: " ")
    }
}

extension CardRecord {
    /// How its file is called where a program wants one.
    var fileName: String { [card.type, card.id, card.hash].compactMap { $0 }.joined(separator: "-") + ".html" }

    /// The page itself.
    func page(in records: RunRecords) throws -> [UInt8] {
        guard let blob = try records.ledger.blob(card.digest) else { return [] }
        return try records.store.read(blob)
    }
}
