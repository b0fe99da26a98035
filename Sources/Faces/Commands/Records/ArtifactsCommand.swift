import ArgumentParser
import Diagnostics
import FlowModel
import Ledger

/// `penstock artifacts PATHSPEC`: what tasks left, without the values.
struct ArtifactsCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifacts",
        abstract: "List the artifacts of a task, a step or a run.",
        discussion: """
            Names, types and sizes; `python flow.py dump RUN/STEP/TASK` shows the values. Examples:
              penstock artifacts TrainFlow/1763900000000000/train/3
              penstock artifacts TrainFlow/1763900000000000/train --name model
              penstock artifacts TrainFlow/1763900000000000 --own
            """)

    @Argument(
        help: ArgumentHelp("FLOW/RUN, FLOW/RUN/STEP or FLOW/RUN/STEP/TASK", valueName: "pathspec"),
        completion: PathspecCompletion.everything)
    var path: String

    @Option(name: .customLong("name"), help: "Only artifacts of this name; may be given several times.")
    var names: [String] = []

    @Flag(help: "Only what the tasks stored themselves, not what they had from earlier ones.")
    var own = false

    @Flag(name: .customLong("private"), help: "Also artifacts whose names begin with an underscore.")
    var showsPrivate = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        let location = try RecordLocation(path, in: place.histories(in: session, for: path))
        guard let run = location.run, location.path.artifact == nil else {
            throw RecordError.wrongDepth(path, wanted: "FLOW/RUN, FLOW/RUN/STEP or FLOW/RUN/STEP/TASK")
        }
        let found = try tasks(location, run).flatMap { task in
            try artifacts(of: task, run, location.history).map { (task, $0) }
        }
        if json {
            let outputs = found.map { ArtifactOutput($1, at: Pathspec(run.key.flow, run.key.run, $0.step, $0.task)) }
            session.output.writeLine(try JSONText(outputs).text)
        } else if found.isEmpty {
            session.error.writeLine("There are no such artifacts.")
        } else {
            show(found, isOneTask: location.task != nil, on: session.output)
        }
        return 0
    }

    private func tasks(_ location: RecordLocation, _ run: RunRecord) throws -> [TaskRecord] {
        if let (_, task) = location.task { return [task] }
        return try location.history.tasks(of: run.key, step: location.path.step).reversed().filter {
            $0.step != .parameters || location.path.step == .parameters
        }
    }

    private func artifacts(of task: TaskRecord, _ run: RunRecord, _ history: RunHistories) throws -> [ListedArtifact] {
        try history.visibleArtifacts(of: task, in: run.key, withPrivate: showsPrivate || !names.isEmpty).filter {
            (names.isEmpty || names.contains($0.name)) && (!own || $0.isOwn)
        }
    }

    private func show(_ found: [(TaskRecord, ListedArtifact)], isOneTask: Bool, on terminal: Terminal) {
        var table = TextTable("TASK", "ARTIFACT", "TYPE", ">SIZE", "FROM")
        for (task, artifact) in found {
            table.add(
                .init(isOneTask ? "" : "\(task.step)/\(task.task)"), .init(artifact.name), .init(artifact.type),
                .init("\(ByteText(artifact.size))"), .init(artifact.isOwn ? "" : "an earlier task", .dim))
        }
        var buffer = OutputBuffer(terminal)
        for line in table.lines(on: terminal) { buffer.writeLine(line) }
        buffer.flush()
    }
}
