import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import Ledger

/// `logs scrub`: takes what tasks printed out of the records, for good.
struct LogsScrubCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub", abstract: "Overwrite what tasks printed, for good.",
        discussion: "Readers see [REDACTED stdout] and [REDACTED stderr] in its place. Artifacts are not touched.")

    enum Which: String, EnumerableFlag {
        case latest, all

        static func help(for value: Self) -> ArgumentHelp? {
            value == .latest ? "The newest attempt of each task, which is the default." : "All attempts."
        }
    }

    @ParentCommand var parent: LogsCommand
    var root: FlowCommandLine { parent.root }

    @OptionGroup var choice: StreamArguments

    @Option(help: ArgumentHelp("Only this attempt, from 0.", valueName: "number"))
    var attempt: Int?

    @Flag(exclusivity: .chooseLast)
    var which: Which = .latest

    @Flag(help: "Also tasks that have not ended, or whose engine died.")
    var includeNotDone = false

    @Argument(help: "RUN/STEP or RUN/STEP/TASK")
    var path: String

    func perform(in session: FlowSession) throws -> Int32 {
        let selection = try TaskSelection(path, in: session)
        let targets = try selection.tasks.flatMap { key, task in
            try attempts(of: key, in: selection).map { (key, task, $0) }
        }
        guard !targets.isEmpty else { throw TaskSelectionError.nothingToScrub(selection.path) }
        try selection.records?.bringLog(of: selection.run)
        for (key, task, attempt) in targets {
            guard let records = selection.records else { continue }
            let redactor = try RunLogRedactor(records.location, flow: key.run.flow.text, run: key.run.run.text)
            try redactor.redact(
                LogSource(task: key.task.text, attempt: attempt.key.attempt.value), streams: Set(choice.streams),
                in: attempt.logRange)
            guard !session.options.quiet else { continue }
            session.error.writeLine(
                "Logs have been scrubbed for \(key.run.run)/\(task.step)/\(task.task) - attempt \(attempt.key.attempt)")
        }
        try selection.records?.replaceLog(of: selection.run)
        return 0
    }

    private func attempts(of key: TaskKey, in selection: TaskSelection) throws -> [AttemptRecord] {
        let all = try selection.records?.ledger.attempts(of: key) ?? []
        let wanted =
            if let attempt {
                all.filter { which == .all ? $0.key.attempt.value <= attempt : $0.key.attempt.value == attempt }
            } else {
                which == .all ? all : all.suffix(1)
            }
        return wanted.filter { includeNotDone || $0.finishedAt != nil }
    }
}
