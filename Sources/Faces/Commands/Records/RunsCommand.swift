import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import Ledger
import SystemPackage

/// `penstock runs`: what was run here.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List runs, newest first; or delete some.",
        discussion: """
            Examples:
              penstock runs
              penstock runs TrainFlow --status failed --limit 5
              penstock runs --tag nightly --json
              penstock runs delete TrainFlow --older-than 90
            """,
        subcommands: [RunsListCommand.self, RunsDeleteCommand.self], defaultSubcommand: RunsListCommand.self)
}

/// `penstock runs [list] [FLOW]`
struct RunsListCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List runs, newest first; `list` need not be said.")

    enum Status: String, CaseIterable, ExpressibleByArgument {
        case running, succeeded, failed, abandoned

        var state: RunState { RunState(rawValue: rawValue) ?? .running }
    }

    @Argument(help: ArgumentHelp("Only the runs of this flow.", valueName: "flow"), completion: PathspecCompletion.flows)
    var flow: String?

    @Option(name: .customLong("tag"), help: "Only runs that have this tag; may be given several times.")
    var tags: [String] = []

    @Option(
        help: "Only runs that stand so; may be given several times. An abandoned run has no end: its engine died.")
    var status: [Status] = []

    @Option(help: "Only runs of this person.")
    var user: String?

    @Option(help: ArgumentHelp("How many at most; 0 for all.", valueName: "number"))
    var limit = 20

    @Flag(help: "Tasks that were run by themselves (spin), in place of runs.")
    var spun = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var place: RecordArguments

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is \(limit); it must be 0 or more") }
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        guard let history = try place.existingHistories(in: session, for: flow) else {
            return try tellNothing(in: session)
        }
        var runs = try history.runs(search(in: history))
        let isCut = limit > 0 && runs.count > limit
        if isCut { runs.removeLast() }
        if json {
            session.output.writeLine(try JSONText(runs.map { RunOutput($0) }).text)
        } else if runs.isEmpty {
            session.error.writeLine("There are no such runs.")
        } else {
            for line in table(of: runs).lines(on: session.output) { session.output.writeLine(line) }
        }
        if isCut { session.error.writeLine("These are the newest \(limit); --limit 0 lists all.") }
        return 0
    }

    /// With one run more than is shown, to know whether there are more.
    private func search(in history: RunHistories) throws -> RunSearch {
        var search = RunSearch(
            tags: tags, username: user, states: Set(status.map(\.state)), kind: spun ? .spun : .ordinary,
            limit: limit > 0 ? limit + 1 : nil)
        if let flow {
            let path = try path(flow)
            guard try history.flow(path) != nil else {
                throw RecordError.noFlow(path, known: try history.flows().map(\.name))
            }
            search.flow = path
        }
        return search
    }

    private func path(_ text: String) throws -> FlowName {
        guard !text.isEmpty, !text.contains("/") else {
            throw RecordError.wrongDepth(text, wanted: "the name of a flow; penstock show FLOW/RUN shows one run")
        }
        return FlowName(text)
    }

    private func tellNothing(in session: StandaloneSession) throws -> Int32 {
        let root = place.location(session.environment).root.string
        if flow != nil { throw RecordError.nothingRecorded(root) }
        if json { session.output.writeLine("[]") }
        session.error.writeLine("Nothing was run here yet: there is no \(root).")
        return 0
    }

    private func table(of runs: [RunRecord]) -> TextTable {
        var table = TextTable("RUN", "STATUS", "STARTED", ">DURATION", "USER", "TAGS")
        for run in runs {
            table.add(
                .init("\(run.key.flow)/\(run.key.run)"), .init(run.state.rawValue, run.state.style),
                .init(LocalTime(run.createdAt.seconds).toTheSecond), .init(run.time.map { "\(DurationText($0))" } ?? ""),
                .init(run.username), .init(run.userTags.joined(separator: ", ")))
        }
        return table
    }
}
