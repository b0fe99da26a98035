import ArgumentParser
import Diagnostics
import FlowModel
import Ledger

/// `penstock tags FLOW/RUN [add|remove TAG…]`
struct TagsCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "tags",
        abstract: "List or change the tags of a run.",
        discussion: """
            Examples:
              penstock tags TrainFlow/1763900000000000
              penstock tags TrainFlow/1763900000000000 add good reviewed
              penstock tags TrainFlow/1763900000000000 remove good

            All tags are changed at once, or none. System tags cannot be removed.
            """)

    enum Change: String, CaseIterable, ExpressibleByArgument {
        case add, remove
    }

    @Argument(help: ArgumentHelp("FLOW/RUN", valueName: "pathspec"), completion: PathspecCompletion.runs)
    var path: String

    @Argument(help: "What to do with the tags; without it, they are listed.")
    var change: Change?

    @Argument(help: ArgumentHelp("The tags to add or remove.", valueName: "tag"))
    var tags: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var place: RecordArguments

    func validate() throws {
        if let change, tags.isEmpty { throw ValidationError("which tags to \(change.rawValue) is not said") }
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        let location = try RecordLocation(path, in: place.histories(in: session, for: path))
        guard var run = location.run, change == nil || location.path.level == .run else {
            throw RecordError.wrongDepth(path, wanted: "FLOW/RUN: tags belong to runs")
        }
        if let change {
            let edit = change == .add ? TagEdit(adding: tags) : TagEdit(removing: tags)
            run = try location.history.editTags(of: run.key, edit) ?? run
            if try location.history.metaflow(of: run.key) == nil { try location.history.records?.publish(run.key) }
        }
        if json {
            session.output.writeLine(try JSONText(TagsOutput(run)).text)
            return 0
        }
        let system = run.systemTags.map { Style.dim($0, on: session.output) + "  (system)" }
        for line in run.userTags + system { session.output.writeLine(line) }
        return 0
    }
}

/// The tags of a run.
struct TagsOutput: Encodable {
    var path: String
    var tags: [String]
    var systemTags: [String]

    init(_ run: RunRecord) {
        path = Pathspec(run.key.flow, run.key.run).description
        tags = run.userTags
        systemTags = run.systemTags
    }
}
