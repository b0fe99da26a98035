import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import Glibc
import Ledger
import MetaflowStore

/// `penstock logs PATHSPEC [--follow]`: what tasks printed, in the order in which they did.
struct LogsOfRecordCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what the tasks of a run printed; --follow goes on while it runs.",
        discussion: """
            Examples:
              penstock logs TrainFlow/1763900000000000 --follow
              penstock logs TrainFlow/1763900000000000/train/3 --stderr
              penstock logs TrainFlow                     the newest run of a flow

            The lines of several tasks begin with [step/task]. Without --attempt, each task's newest attempt is shown.
            """)

    @Argument(
        help: ArgumentHelp("FLOW, FLOW/RUN, FLOW/RUN/STEP or FLOW/RUN/STEP/TASK", valueName: "pathspec"),
        completion: PathspecCompletion.everything)
    var path: String

    @Flag(name: .shortAndLong, help: "Go on until the run ends.")
    var follow = false

    @Flag(help: "Only standard output.")
    var stdout = false

    @Flag(help: "Only standard error.")
    var stderr = false

    @Flag(help: "Show when each line was printed.")
    var timestamps = false

    @Option(help: ArgumentHelp("Only this attempt, counted from 0.", valueName: "number"))
    var attempt: Int?

    @Flag(help: "Print a JSON object for each line.")
    var json = false

    @OptionGroup var place: RecordArguments

    func validate() throws {
        if let attempt, attempt < 0 { throw ValidationError("--attempt is \(attempt); attempts are counted from 0") }
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        let history = try place.histories(in: session, for: path)
        var location = try RecordLocation(path, in: history)
        if location.path.level == .flow { location = try newestRun(of: location) }
        guard let run = location.run, location.path.artifact == nil else {
            throw RecordError.wrongDepth(path, wanted: "FLOW/RUN, FLOW/RUN/STEP or FLOW/RUN/STEP/TASK")
        }
        var printer = try LogPrinter(self, location, run, output: session.output)
        if let metaflow = try history.metaflow(of: run.key) {
            try printer.printAll(of: metaflow)
        } else {
            try history.records?.bringLog(of: run.key)
            try printer.printAll(following: follow)
        }
        return 0
    }

    private func newestRun(of flow: RecordLocation) throws -> RecordLocation {
        guard let run = try flow.history.runs(RunSearch(flow: flow.path.flow, limit: 1)).first else { return flow }
        return try RecordLocation("\(run.key.flow)/\(run.key.run)", in: flow.history)
    }
}

/// Picks the lines that were asked for out of a run's log and prints them.
private struct LogPrinter {
    private let command: LogsOfRecordCommand
    private let location: RecordLocation
    private let run: RunRecord
    private let store: StoreLocation
    private let terminal: Terminal
    private var steps: [String: (step: StepName, newest: Int)] = [:]
    private var waiting: [RunLogLine] = []
    private var buffer: OutputBuffer

    init(_ command: LogsOfRecordCommand, _ location: RecordLocation, _ run: RunRecord, output: Terminal) throws {
        guard let store = location.history.records?.location ?? location.history.metaflow.map({ StoreLocation(root: $0.folder.root) })
        else { throw RecordError.nothingRecorded("\(location.path)") }
        self.store = store
        self.command = command
        self.location = location
        self.run = run
        terminal = output
        buffer = OutputBuffer(output)
    }

    /// How long to wait before looking for more, in microseconds.
    private static let pause: UInt32 = 100_000

    mutating func printAll(following: Bool) throws {
        var tail = try RunLogTail(
            store, flow: run.key.flow.text, run: run.key.run.text)
        try learnTasks()
        while true {
            // Asked before the log is read to its end: what an engine writes before it goes is seen.
            let isAlive = following && isRunning
            while true {
                let lines = try tail.next()
                if lines.isEmpty { break }
                try take(lines, isLast: false)
            }
            buffer.flush()
            guard isAlive else { break }
            usleep(Self.pause)
            // What waited for its task to be known.
            try take([], isLast: false)
        }
        try take(tail.finish(), isLast: true)
        buffer.flush()
    }

    /// What Metaflow has of the tasks that were asked for; its logs are one for each of them.
    mutating func printAll(of metaflow: MetaflowHistory) throws {
        try learnTasks()
        let tasks = try location.task.map { [$0.record] } ?? metaflow.tasks(of: run.key, step: location.path.step)
        var lines: [RunLogLine] = []
        for task in tasks {
            let key = TaskKey(run: run.key, task: task.task)
            steps[task.task.text] = (task.step, task.attempt?.value ?? 0)
            lines += try metaflow.lines(of: key, step: task.step, attempt: command.attempt.map { AttemptNumber($0) } ?? task.attempt)
        }
        for (_, line) in lines.enumerated().sorted(by: { ($0.element.line.at, $0.offset) < ($1.element.line.at, $1.offset) }) {
            try printed(line)
        }
        buffer.flush()
    }

    private var isRunning: Bool {
        RunLogReader.isBeingWritten(store, flow: run.key.flow.text, run: run.key.run.text)
    }

    /// The log may be ahead of the ledger, so a line can wait until its task is known.
    private mutating func take(_ lines: [RunLogLine], isLast: Bool) throws {
        waiting += lines
        var done = 0
        while done < waiting.count {
            let line = waiting[done]
            guard try location.path.task.map({ $0.text != line.source.task }) ?? false || isKnown(line.source) || isLast
            else { break }
            try printed(line)
            done += 1
        }
        waiting.removeFirst(done)
    }

    private mutating func isKnown(_ source: LogSource) throws -> Bool {
        if let known = steps[source.task], known.newest >= source.attempt { return true }
        guard let task = try location.history.task(TaskKey(run: run.key, task: TaskID(source.task))) else {
            return false
        }
        steps[source.task] = (task.step, task.attempt?.value ?? 0)
        return task.attempt.map { $0.value >= source.attempt } ?? false
    }

    /// All at once, where many may be needed.
    private mutating func learnTasks() throws {
        guard location.task == nil else { return }
        for task in try location.history.tasks(of: run.key, step: location.path.step) {
            steps[task.task.text] = (task.step, task.attempt?.value ?? 0)
        }
    }

    private mutating func printed(_ line: RunLogLine) throws {
        let (step, newest) = steps[line.source.task] ?? ("?", line.source.attempt)
        guard isWanted(line, step, newest) else { return }
        let text = String(decoding: line.line.text, as: UTF8.self)
        if command.json {
            return buffer.writeLine(try JSONText(line: LogLineOutput(line, step, run.key, text)).text)
        }
        var shown = text
        if location.path.task == nil { shown = Style.cyan("[\(step)/\(line.source.task)]", on: terminal) + " " + shown }
        if command.timestamps { shown = Style.dim(LocalTime(line.line.at.seconds).text, on: terminal) + " " + shown }
        buffer.writeLine(shown)
    }

    private func isWanted(_ line: RunLogLine, _ step: StepName, _ newest: Int) -> Bool {
        if command.stdout != command.stderr, line.stream != (command.stdout ? .stdout : .stderr) { return false }
        if let wanted = location.path.task, wanted.text != line.source.task { return false }
        if let wanted = location.path.step, wanted != step { return false }
        if let attempt = command.attempt { return line.source.attempt == attempt }
        return command.follow || line.source.attempt == newest
    }
}

/// A line that a task printed.
struct LogLineOutput: Encodable {
    var path: String
    var attempt: Int
    var stream: String
    var at: UTCText
    var text: String

    init(_ line: RunLogLine, _ step: StepName, _ run: RunKey, _ text: String) {
        path = Pathspec(run.flow, run.run, step, TaskID(line.source.task)).description
        attempt = line.source.attempt
        stream = line.stream.name
        at = UTCText(line.line.at)
        self.text = text
    }
}
