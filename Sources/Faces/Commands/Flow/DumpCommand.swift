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

    @Flag(
        name: .customLong("private"), inversion: .prefixedNo, exclusivity: .chooseLast,
        help: "Also artifacts whose names begin with an underscore.")
    var showsPrivate = false

    @Option(help: ArgumentHelp("The longest value that is shown, in bytes; 0 shows names only.", valueName: "size"))
    var maxValueSize = 1000

    @Option(help: ArgumentHelp("Only these artifacts, separated by commas.", valueName: "names"))
    var include: String?

    @Option(help: "Write the values to this file instead, as a pickled dictionary.")
    var file: String?

    @Flag(help: "Print JSON: the artifacts of each task, values as texts.")
    var json = false

    @Argument(help: "RUN/STEP or RUN/STEP/TASK")
    var path: String

    func validate() throws {
        guard maxValueSize >= 0 else { throw ValidationError("--max-value-size is \(maxValueSize); it must be 0 or more") }
    }

    func perform(in session: FlowSession) throws -> Int32 {
        let selection = try TaskSelection(path, in: session)
        let tasks = try selection.tasks.map { key, task in
            DumpedTask(
                path: "\(key.run.run)/\(task.step)/\(key.task)",
                artifacts: try artifacts(of: task, in: selection))
        }
        if tasks.isEmpty, !session.options.quiet { session.error.writeLine("There are no tasks at \(selection.path).") }
        if let file { try OutputFile(AbsolutePath(file).text).probe() }
        // Nothing is no failure; a file is written all the same, for those who open it next.
        guard let records = try selection.records ?? emptyRecords(in: session) else { return 0 }
        if tasks.isEmpty, file == nil {
            if json { session.output.writeLine("[]") }
            return 0
        }
        var request = DumpRequest(
            flow: selection.run.flow.text, tasks: tasks, maxValueSize: maxValueSize,
            file: file.map { AbsolutePath($0).text })
        if file != nil { request.maxValueSize = nil }
        request.json = json
        request.headings = !session.options.quiet
        let code = try WorkerErrand(request, in: session, store: records).run()
        if code == 0, let file, !session.options.quiet { session.error.writeLine("Artifacts written to \(file)") }
        return code
    }

    /// A store without runs, where a file is to be written.
    private func emptyRecords(in session: FlowSession) throws -> RunRecords? {
        file == nil ? nil : try session.openRecords()
    }

    private func artifacts(of task: TaskRecord, in selection: TaskSelection) throws -> [DumpedTask.Artifact] {
        guard let attempt = task.doneAttempt ?? task.attempt else { return [] }
        let wanted = include.map { Set($0.split(separator: ",").map(String.init)) }.flatMap { $0.isEmpty ? nil : $0 }
        let key = AttemptKey(task: task.task, attempt: attempt)
        return try (selection.records?.ledger.artifacts(of: key, in: selection.run) ?? []).filter { artifact in
            (artifact.isOwn || InheritedArtifacts.include(artifact.name))
                && (wanted?.contains(artifact.name) ?? (showsPrivate || !artifact.name.hasPrefix("_")))
        }.sorted { $0.name < $1.name }.map {
            DumpedTask.Artifact(name: $0.name, digest: $0.digest, size: $0.size, type: $0.type)
        }
    }
}
