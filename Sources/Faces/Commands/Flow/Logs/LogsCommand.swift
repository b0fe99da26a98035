import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import Ledger

/// `logs`: what tasks printed.
struct LogsCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show what the tasks of a run printed, or take it out of the records.",
        subcommands: [LogsShowCommand.self, LogsScrubCommand.self], defaultSubcommand: LogsShowCommand.self)

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 { throw CleanExit.helpRequest(Self.self) }
}

/// Which streams of a task are meant.
struct StreamArguments: ParsableArguments {
    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Standard output.")
    var stdout = false

    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Standard error.")
    var stderr = false

    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Both, when neither is named.")
    var both = true

    /// Naming one leaves out the other.
    var streams: [LogStream] {
        if stdout || stderr { return (stdout ? [.stdout] : []) + (stderr ? [.stderr] : []) }
        return both ? [.stdout, .stderr] : []
    }
}

/// `logs show`, which is what `logs` alone means.
struct LogsShowCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what tasks printed: standard output first, then standard error.")

    @ParentCommand var parent: LogsCommand
    var root: FlowCommandLine { parent.root }

    @OptionGroup var choice: StreamArguments

    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Show when each line was printed.")
    var timestamps = false

    @Option(help: ArgumentHelp("The attempt that is meant, from 0; the newest by default.", valueName: "number"))
    var attempt: Int?

    @Flag(help: "Print a JSON object for each line.")
    var json = false

    @Argument(help: "RUN/STEP or RUN/STEP/TASK")
    var path: String

    func perform(in session: FlowSession) throws -> Int32 {
        let selection = try TaskSelection(path, in: session)
        guard !selection.tasks.isEmpty else { throw TaskSelectionError.noTasks(selection.path) }
        var buffer = OutputBuffer(session.output)
        for (key, task) in selection.tasks {
            if !session.options.quiet, !json {
                buffer.flush()
                session.error.writeLine(
                    "Logs of run_id=\(key.run.run) step=\(task.step) task_id=\(task.task)")
            }
            for stream in choice.streams { try show(stream, of: task, key, selection, to: &buffer) }
        }
        buffer.flush()
        return 0
    }

    private func show(
        _ stream: LogStream, of task: TaskRecord, _ key: TaskKey, _ selection: TaskSelection, to buffer: inout OutputBuffer
    ) throws {
        let number = attempt.map { AttemptNumber($0) } ?? task.attempt
        guard let records = selection.records,
            let record = try records.ledger.attempts(of: key).first(where: { $0.key.attempt == number })
        else { return }
        let reader = try records.logReader(of: key.run)
        let source = LogSource(task: key.task.text, attempt: record.key.attempt.value)
        for line in try reader.lines(from: source, stream: stream, in: record.logRange) {
            let text = String(decoding: line.text, as: UTF8.self)
            if json {
                let logLine = RunLogLine(source: source, stream: stream, line: line)
                buffer.writeLine(try JSONText(line: LogLineOutput(logLine, task.step, key.run, text)).text)
            } else {
                buffer.writeLine(timestamps ? LocalTime(line.at.seconds).text + " " + text : text)
            }
        }
    }
}
