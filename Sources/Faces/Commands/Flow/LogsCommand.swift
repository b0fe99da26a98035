import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import Ledger
import SystemPackage
import WorkerProtocol

/// `logs RUN/STEP[/TASK]`: what tasks printed.
struct LogsCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show what the tasks of a run printed.",
        subcommands: [Show.self], defaultSubcommand: Show.self)

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 { FailureClass.usage.exitCode }

    /// `logs show`, which is what `logs` alone means.
    struct Show: FlowCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what tasks printed.")

        @ParentCommand var parent: LogsCommand
        var root: FlowCommandLine { parent.root }

        @Flag(help: "Only standard output.")
        var stdout = false

        @Flag(help: "Only standard error.")
        var stderr = false

        @Flag(help: "Both streams, which is the default.")
        var both = false

        @Flag(help: "Show when each line was printed.")
        var timestamps = false

        @Option(help: "The attempt that is meant, from 0; the newest by default.")
        var attempt: Int?

        @Argument(help: "RUN/STEP or RUN/STEP/TASK")
        var path: String

        func perform(in session: FlowSession) throws -> Int32 {
            let selection = try TaskSelection(path, in: session)
            for (key, task) in selection.tasks {
                if selection.tasks.count > 1, !session.options.quiet {
                    session.error.writeLine("Logs of \(task.step)/\(task.task):")
                }
                try show(key, task, selection.records, on: session.output)
            }
            return 0
        }

        private func show(_ key: TaskKey, _ task: TaskRecord, _ records: RunRecords, on output: Terminal) throws {
            let number = attempt.map { AttemptNumber($0) } ?? task.attempt
            guard let record = try records.ledger.attempts(of: key).first(where: { $0.key.attempt == number }) else {
                return
            }
            let reader = try RunLogReader(records.location, flow: key.run.flow.text, run: key.run.run.text)
            let source = LogSource(task: key.task.text, attempt: record.key.attempt.value)
            let stream: LogStream? = both || stdout == stderr ? nil : stdout ? .stdout : .stderr
            for line in try reader.lines(from: source, stream: stream, in: record.logRange) {
                let text = String(decoding: line.text, as: UTF8.self)
                output.writeLine(timestamps ? LocalTime(line.at.seconds).text + " " + text : text)
            }
        }
    }
}

/// The tasks that `RUN/STEP` or `RUN/STEP/TASK` names.
struct TaskSelection {
    let records: RunRecords
    let run: RunKey
    /// In the order of their ids.
    let tasks: [(key: TaskKey, record: TaskRecord)]

    init(_ text: String, in session: FlowSession) throws {
        let flow = try session.hello().flow.name
        let path = try Pathspec(parsing: text, within: flow)
        guard let runID = path.run, let step = path.step, path.artifact == nil else {
            throw TaskSelectionError.wrongDepth(text)
        }
        guard let records = try RunRecords.existing(at: session.storeLocation) else {
            throw TaskSelectionError.nothingRecorded(session.storeLocation.root.string)
        }
        let run = RunKey(flow: flow, run: runID)
        guard try records.ledger.run(run) != nil else { throw TaskSelectionError.noRun("\(flow)/\(runID)") }
        let found = try records.ledger.tasks(of: run, step: step).filter { path.task == nil || $0.task == path.task }
        guard !found.isEmpty else { throw TaskSelectionError.noTasks(path.description) }
        self.records = records
        self.run = run
        tasks = found.sorted { $0.task < $1.task }.map { (TaskKey(run: run, task: $0.task), $0) }
    }
}

/// Why a path names no tasks.
enum TaskSelectionError: DiagnosticError {
    case wrongDepth(String)
    case nothingRecorded(String)
    case noRun(String)
    case noTasks(String)

    var diagnostic: Diagnostic {
        switch self {
        case .wrongDepth(let text):
            Diagnostic(.usage, "'\(text)' does not name tasks", help: "write RUN/STEP or RUN/STEP/TASK")
        case .nothingRecorded(let root):
            Diagnostic(.user, "nothing was run here yet: there is no \(root)", help: "run the flow first, or go to its folder")
        case .noRun(let path): Diagnostic(.user, "there is no run \(path)")
        case .noTasks(let path): Diagnostic(.user, "there are no tasks at \(path)")
        }
    }
}
