import Datastore
import FlowModel
import Ledger
import WorkerProtocol

/// A step and its tasks.
struct StepView: RecordView {
    private let run: RunRecord
    private let counts: RecordedStepCounts
    private let tasks: [TaskRecord]

    init(_ location: RecordLocation) throws {
        guard let run = location.run, let step = location.path.step,
            let counts = try location.history.taskCounts(of: run.key).first(where: { $0.step == step })
        else { throw RecordError.wrongDepth(location.path.description, wanted: "FLOW/RUN/STEP") }
        self.run = run
        self.counts = counts
        tasks = try location.history.tasks(of: run.key, step: step).reversed()
    }

    func lines(on terminal: Terminal) throws -> [String] {
        let summary = StepSummary(counts, of: run)
        let path = Pathspec(run.key.flow, run.key.run, counts.step)
        var table = TextTable("TASK", "STATUS", ">ATTEMPT", "FOREACH", "STARTED", ">DURATION", "TAKEN OVER FROM")
        for task in tasks {
            let status = task.status(in: run)
            table.add(
                .init(task.task.text), .init(status.rawValue, status.style),
                .init(task.attempt.map { $0.value == 0 ? "" : "\($0)" } ?? ""), .init(task.foreachText),
                .init(LocalTime(task.createdAt.seconds).toTheSecond),
                .init(task.time(in: run).map { "\(DurationText($0))" } ?? ""),
                .init(task.isClone ? task.origin.map { "\($0.run)/\(task.step)/\($0.task)" } ?? "" : "", .dim))
        }
        return [
            Style.bold("Step \(path)", on: terminal) + "  " + summary.status.style(summary.status.rawValue, on: terminal),
            "",
        ] + table.lines(on: terminal, indent: "  ")
    }

    func json() throws -> JSONText {
        try JSONText(StepOutput(counts, of: run, tasks: tasks.map { TaskOutput($0, of: run) }))
    }
}

/// A task, its attempts and its artifacts.
struct TaskView: RecordView {
    private let run: RunRecord
    private let task: TaskRecord
    private let path: Pathspec
    private let attempts: [AttemptRecord]
    private let artifacts: [ListedArtifact]
    /// At most so many as one looks at.
    private let inputs: [String]
    private let inputCount: Int

    init(_ location: RecordLocation) throws {
        guard let run = location.run, let (key, task) = location.task else {
            throw RecordError.wrongDepth(location.path.description, wanted: "FLOW/RUN/STEP/TASK")
        }
        self.run = run
        self.task = task
        path = Pathspec(run.key.flow, run.key.run, task.step, task.task)
        let history = location.history
        attempts = try history.attempts(of: key)
        artifacts = try history.visibleArtifacts(of: task, in: run.key)
        // A join of thousands is not looked up one by one.
        var short = task
        short.inputs = Array(task.inputs.prefix(1000))
        let found = try history.inputs(of: short, in: run.key)
        inputs = found.map { Pathspec(run.key.flow, run.key.run, $0.step, $0.task).description }
        inputCount = max(task.inputs.count, found.count)
    }

    func lines(on terminal: Terminal) throws -> [String] {
        let status = task.status(in: run)
        var facts = FactList()
        facts.add("started", LocalTime(task.createdAt.seconds).toTheSecond)
        facts.add(status == .running ? "running for" : "took", task.time(in: run).map { "\(DurationText($0))" })
        facts.add("foreach", task.foreachText)
        facts.add("inputs", shortInputs)
        let origin = task.origin.map { Pathspec(run.key.flow, $0.run, task.step, $0.task).description }
        facts.add(task.isClone ? "taken over from" : "runs again", origin)
        facts.add("round", task.iteration.map { "\($0)" })
        return [Style.bold("Task \(path)", on: terminal) + "  " + status.style(status.rawValue, on: terminal)]
            + facts.lines(on: terminal) + [""] + attemptTable.lines(on: terminal, indent: "  ")
            + (artifacts.isEmpty ? [] : [""] + ArtifactTable(artifacts).table.lines(on: terminal, indent: "  "))
            + ["", "  To see what it printed: " + Style.bold("penstock logs \(printer)", on: terminal)]
    }

    /// The task that ran: another one, where this one was taken over.
    private var printer: Pathspec {
        guard task.isClone, let origin = task.origin else { return path }
        return Pathspec(run.key.flow, origin.run, task.step, origin.task)
    }

    private var shortInputs: String {
        let names = inputs.prefix(5).map { $0.split(separator: "/").suffix(2).joined(separator: "/") }
        let more = inputCount - names.count
        return names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    private var attemptTable: TextTable {
        var table = TextTable(">ATTEMPT", "STATUS", "STARTED", ">DURATION", ">EXIT", "RAISED")
        for attempt in attempts {
            let status = attempt.status(in: run)
            let exception = attempt.exception.flatMap { RecordedException(json: $0) }
            table.add(
                .init("\(attempt.key.attempt)"), .init(status.rawValue, status.style),
                .init(LocalTime(attempt.startedAt.seconds).toTheSecond),
                .init(attempt.time(in: run).map { "\(DurationText($0))" } ?? ""),
                .init(attempt.exitStatus.map { $0 == 0 ? "" : $0 > 0 ? "\($0)" : "signal \(-$0)" } ?? ""),
                .init(exception?.headline ?? ""))
        }
        return table
    }

    func json() throws -> JSONText {
        var output = TaskOutput(task, of: run)
        output.inputs = inputs
        output.attempts = attempts.map { AttemptOutput($0, of: run) }
        output.artifacts = artifacts.map { ArtifactOutput($0, at: path) }
        return try JSONText(output)
    }
}

/// One artifact.
struct ArtifactView: RecordView {
    private let artifact: ListedArtifact
    private let task: Pathspec

    init(_ location: RecordLocation) throws {
        guard let run = location.run, let (_, task) = location.task, let name = location.path.artifact else {
            throw RecordError.wrongDepth(location.path.description, wanted: "FLOW/RUN/STEP/TASK/ARTIFACT")
        }
        self.task = Pathspec(run.key.flow, run.key.run, task.step, task.task)
        let known = try location.history.visibleArtifacts(of: task, in: run.key, withPrivate: true)
        guard let artifact = known.first(where: { $0.name == name }) else {
            throw RecordError.noArtifact(self.task, name: name, known: known.map(\.name))
        }
        self.artifact = artifact
    }

    func lines(on terminal: Terminal) throws -> [String] {
        var facts = FactList()
        facts.add("type", artifact.type)
        facts.add("size", "\(ByteText(artifact.size))")
        facts.add(artifact.digest.utf8.count == 40 ? "sha1" : "sha256", artifact.digest)
        facts.add("stored by", artifact.isOwn ? "this task" : "an earlier task")
        facts.add("stored at", LocalTime(artifact.createdAt.seconds).toTheSecond)
        let rest = task.components.dropFirst().joined(separator: "/")
        let title = [Style.bold("Artifact \(task)/\(artifact.name)", on: terminal)] + facts.lines(on: terminal)
        // What Metaflow keeps is shown by the client only.
        if artifact.digest.utf8.count == 40 { return title }
        return title + [
            "", "  To see its value: " + Style.bold("python flow.py dump \(rest) --include \(artifact.name)", on: terminal),
        ]
    }

    func json() throws -> JSONText {
        try JSONText(ArtifactOutput(artifact, at: task))
    }
}

extension TaskRecord {
    /// `start[3]=red`, outermost first.
    var foreachText: String {
        foreachFrames.map { "\($0.step)[\($0.index)]" + ($0.value.map { "=\($0)" } ?? "") }.joined(separator: " ")
    }
}

extension RunHistory {
    /// The artifacts that a task shows: of the newest attempt that is over, sorted by name.
    func visibleArtifacts(
        of task: TaskRecord, in run: RunKey, withPrivate: Bool = false
    ) throws -> [ListedArtifact] {
        guard let attempt = task.doneAttempt ?? task.attempt else { return [] }
        return try list(artifactsOf: AttemptKey(task: task.task, attempt: attempt), of: task, in: run).filter {
            ($0.isOwn || InheritedArtifacts.include($0.name)) && (withPrivate || !$0.name.hasPrefix("_"))
        }.sorted { $0.name < $1.name }
    }
}

/// Artifacts as a table.
struct ArtifactTable {
    var table = TextTable("ARTIFACT", "TYPE", ">SIZE", "FROM")

    init(_ artifacts: [ListedArtifact]) {
        for artifact in artifacts {
            table.add(
                .init(artifact.name), .init(artifact.type), .init("\(ByteText(artifact.size))"),
                .init(artifact.isOwn ? "" : "an earlier task", .dim))
        }
    }
}
