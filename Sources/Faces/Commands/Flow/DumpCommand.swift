import ArgumentParser
import Datastore
import Executors
import FlowModel
import FoundationEssentials
import Glibc
import Ledger
import RunDriver
import WorkerProtocol

/// `dump RUN/STEP[/TASK]`: the artifacts of tasks. A worker reads the values, since they are Python's.
struct DumpCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Show the artifacts of a run's tasks.")

    @ParentCommand var root: FlowCommandLine

    @Flag(name: .customLong("private"), help: "Also artifacts whose names begin with an underscore.")
    var showsPrivate = false

    @Option(help: "The longest value that is shown, in characters; 0 shows names only.")
    var maxValueSize = 1000

    @Option(help: "Only these artifacts, separated by commas.")
    var include: String?

    @Option(help: "Write the values to this file instead, as a pickled dictionary.")
    var file: String?

    @Argument(help: "RUN/STEP or RUN/STEP/TASK")
    var path: String

    func perform(in session: FlowSession) throws -> Int32 {
        let selection = try TaskSelection(path, in: session)
        let tasks = try selection.tasks.map { key, task in
            DumpedTask(
                path: "\(key.run.run)/\(task.step)/\(key.task)",
                artifacts: try artifacts(of: task, in: selection))
        }
        let request = DumpRequest(
            flow: selection.run.flow.text, tasks: tasks, maxValueSize: maxValueSize,
            file: file.map { URL(filePath: $0).path })
        return try WorkerErrand(request, in: session, store: selection.records).run()
    }

    private func artifacts(of task: TaskRecord, in selection: TaskSelection) throws -> [DumpedTask.Artifact] {
        guard let attempt = task.doneAttempt ?? task.attempt else { return [] }
        let wanted = include.map { Set($0.split(separator: ",").map(String.init)) }
        let key = AttemptKey(task: task.task, attempt: attempt)
        return try selection.records.ledger.artifacts(of: key, in: selection.run).filter { artifact in
            (artifact.isOwn || InheritedArtifacts.include(artifact.name))
                && (wanted?.contains(artifact.name) ?? (showsPrivate || !artifact.name.hasPrefix("_")))
        }.sorted { $0.name < $1.name }.map {
            DumpedTask.Artifact(name: $0.name, digest: $0.digest, size: $0.size, type: $0.type)
        }
    }
}
