import ArgumentParser
import Diagnostics
import FlowModel
import Ledger
import WorkerProtocol

/// `tag`: the tags of this flow's runs.
struct TagCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "List and change the tags of runs.",
        subcommands: [Add.self, Remove.self, Replace.self, TagListCommand.self])

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 { throw CleanExit.helpRequest(Self.self) }

    /// `tag add TAG…`
    struct Add: FlowCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add tags to a run.")

        @ParentCommand var parent: TagCommand
        var root: FlowCommandLine { parent.root }

        @OptionGroup var run: TaggedRunArguments

        @Argument(help: ArgumentHelp("The tags to add.", valueName: "tag"))
        var tags: [String]

        func perform(in session: FlowSession) throws -> Int32 {
            try run.edit(TagEdit(adding: tags), in: session, successOn: session.output)
        }
    }

    /// `tag remove TAG…`
    struct Remove: FlowCommand {
        static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove tags from a run.")

        @ParentCommand var parent: TagCommand
        var root: FlowCommandLine { parent.root }

        @OptionGroup var run: TaggedRunArguments

        @Argument(help: ArgumentHelp("The tags to remove.", valueName: "tag"))
        var tags: [String]

        func perform(in session: FlowSession) throws -> Int32 {
            try run.edit(TagEdit(removing: tags), in: session, successOn: session.error)
        }
    }

    /// `tag replace --add TAG --remove TAG`
    struct Replace: FlowCommand {
        static let configuration = CommandConfiguration(
            commandName: "replace", abstract: "Remove and add tags of a run in one step; removals come first.")

        @ParentCommand var parent: TagCommand
        var root: FlowCommandLine { parent.root }

        @OptionGroup var run: TaggedRunArguments

        @Option(help: ArgumentHelp("A tag to add; may be given several times.", valueName: "tag"))
        var add: [String] = []

        @Option(help: ArgumentHelp("A tag to remove; may be given several times.", valueName: "tag"))
        var remove: [String] = []

        func perform(in session: FlowSession) throws -> Int32 {
            guard !add.isEmpty else { throw TagCommandError.nothingToAdd }
            guard !remove.isEmpty else { throw TagCommandError.nothingToRemove }
            return try run.edit(TagEdit(adding: add, removing: remove), in: session, successOn: session.error)
        }
    }
}

/// Which run's tags are changed.
struct TaggedRunArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The run. Required.", valueName: "run"))
    var runId: String?

    @Option(help: "The namespace that the run must be in; user:NAME by default.")
    var namespace: String?

    /// Changes the tags and shows those that there are then.
    func edit(_ edit: TagEdit, in session: FlowSession, successOn terminal: Terminal) throws -> Int32 {
        let flow = try session.hello().flow.name
        let namespace = namespace ?? "user:\(session.username())"
        let runs = try FlowRuns(flow, in: session)
        try runs.requireSome(in: namespace)
        guard let runId else {
            throw TagCommandError.noRunID(flow, namespace, latest: try runs.latest(in: namespace)?.key.run)
        }
        let run = try runs.run(runId)
        guard run.isIn(namespace) else { throw TagCommandError.foreign("\(flow)/\(run.key.run)", namespace) }
        guard let changed = try runs.ledger.editTags(of: run.key, edit) else { throw TagCommandError.noRun("\(flow)/\(runId)") }
        try runs.records.publish(run.key)
        if !session.options.quiet { terminal.writeLine("Operation successful. New tags:") }
        TagListing([changed], hidesSystemTags: false).show(in: session)
        return 0
    }
}

/// The recorded runs of a flow.
struct FlowRuns {
    let records: RunRecords
    var ledger: RunLedger { records.ledger }
    private let flow: FlowName

    /// - Throws: when the flow was never run.
    init(_ flow: FlowName, in session: FlowSession) throws {
        guard let records = try session.existingRecords(), try records.ledger.flow(flow) != nil else {
            throw TagCommandError.neverRun(flow, session.invocationText)
        }
        self.records = records
        self.flow = flow
    }

    /// - Parameter namespace: every one without it.
    func all(in namespace: String? = nil) throws -> [RunRecord] {
        try ledger.runs(RunSearch(flow: flow, tags: namespace.map { [$0] } ?? []))
    }

    func latest(in namespace: String) throws -> RunRecord? {
        try ledger.runs(RunSearch(flow: flow, tags: [namespace], limit: 1)).first
    }

    func requireSome(in namespace: String) throws {
        guard try latest(in: namespace) != nil else { throw TagCommandError.nothingIn(namespace, flow) }
    }

    func run(_ id: String) throws -> RunRecord {
        guard !id.isEmpty, !id.contains("/") else { throw TagCommandError.notAnID(id) }
        guard let run = try ledger.run(RunKey(flow: flow, run: RunID(id))) else { throw TagCommandError.noRun("\(flow)/\(id)") }
        return run
    }
}

extension RunRecord {
    /// A namespace is a tag that a run must have.
    func isIn(_ namespace: String) -> Bool {
        userTags.contains(namespace) || systemTags.contains(namespace)
    }
}

/// Why tags cannot be listed or changed.
enum TagCommandError: DiagnosticError {
    case neverRun(FlowName, String)
    case nothingIn(String, FlowName)
    case noRunID(FlowName, String, latest: RunID?)
    case notAnID(String)
    case noRun(String)
    case foreign(String, String)
    case nothingToAdd
    case nothingToRemove
    case exclusive(String, String)
    case twoRuns

    var diagnostic: Diagnostic {
        switch self {
        case .neverRun(let flow, let caller):
            Diagnostic(.user, "the flow \(flow) has never been run here", help: "run it first: \(caller) run")
        case .nothingIn(let namespace, let flow):
            Diagnostic(
                .user, "there is no run of \(flow) in the namespace \(namespace)", help: "name another with --namespace")
        case .noRunID(let flow, let namespace, let latest):
            Diagnostic(
                .user, "which run is meant is not said", details: latest.map {
                    ["The newest run of \(flow) in the namespace \(namespace) is \($0)."]
                } ?? [], help: "name it with --run-id")
        case .notAnID(let id):
            Diagnostic(.user, "'\(id)' is not the id of a run", help: "write the id alone, without the flow's name")
        case .noRun(let path):
            Diagnostic(.user, "there is no run \(path)", help: "penstock runs lists those that there are")
        case .foreign(let path, let namespace):
            Diagnostic(
                .user, "the run \(path) is not in the namespace \(namespace)", help: "name its namespace with --namespace")
        case .nothingToAdd:
            Diagnostic(.user, "no tag to add is named", help: "name one with --add, or use `tag remove`")
        case .nothingToRemove:
            Diagnostic(.user, "no tag to remove is named", help: "name one with --remove, or use `tag add`")
        case .exclusive(let first, let second):
            Diagnostic(.user, "\(first) and \(second) exclude each other", help: "leave one of them away")
        case .twoRuns:
            Diagnostic(.user, "the run is named twice", help: "name it with --run-id, or after the command")
        }
    }
}
