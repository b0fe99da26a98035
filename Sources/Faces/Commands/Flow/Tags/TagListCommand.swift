import ArgumentParser
import FlowModel
import Ledger
import WorkerProtocol

/// `tag list`: the tags of one run, or of all runs of the flow.
struct TagListCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tags of a run, or of all runs.",
        discussion: "Without a run, the tags of all runs of the flow are listed.")

    @ParentCommand var parent: TagCommand
    var root: FlowCommandLine { parent.root }

    @Option(help: ArgumentHelp("The run.", valueName: "run"))
    var runId: String?

    @Flag(help: "The tags of all runs of this flow.")
    var all = false

    @Flag(help: "The tags of all of your own runs.")
    var myRuns = false

    @Flag(help: "Leave out system tags.")
    var hideSystemTags = false

    @Flag(help: "For each tag, the runs that have it.")
    var groupByTag = false

    @Flag(help: "For each run, its tags.")
    var groupByRun = false

    @Flag(help: .hidden)
    var flat = false

    @Flag(help: "Print JSON: the tags of each run.")
    var json = false

    @Argument(help: .hidden)
    var run: String?

    func perform(in session: FlowSession) throws -> Int32 {
        try checkChoices()
        let runs = try selected(in: session)
        if json {
            session.output.writeLine(try JSONText(runs.map { TagsOutput($0) }).text)
            return 0
        }
        let listing = TagListing(runs, hidesSystemTags: hideSystemTags)
        if flat {
            listing.showFlat(in: session)
        } else if groupByTag {
            listing.showByTag(in: session)
        } else if groupByRun {
            listing.showByRun(in: session)
        } else {
            listing.show(in: session)
        }
        return 0
    }

    private func checkChoices() throws {
        if all, myRuns { throw TagCommandError.exclusive("--all", "--my-runs") }
        if groupByRun, groupByTag { throw TagCommandError.exclusive("--group-by-tag", "--group-by-run") }
        if flat, groupByRun || groupByTag { throw TagCommandError.exclusive("--flat", "--group-by-…") }
        if runId != nil, run != nil { throw TagCommandError.twoRuns }
    }

    private func selected(in session: FlowSession) throws -> [RunRecord] {
        let runs = try FlowRuns(try session.hello().flow.name, in: session)
        if all { return try runs.all() }
        if myRuns { return try runs.all(in: "user:\(session.username())") }
        guard let id = runId ?? run else { return try runs.all() }
        return [try runs.run(id)]
    }
}
