import Datastore
import FlowModel
import Ledger

/// A flow and its newest runs.
struct FlowView: RecordView {
    /// As many as a person looks at.
    private static let shownRuns = 10
    private let location: RecordLocation

    init(_ location: RecordLocation) {
        self.location = location
    }

    private var flow: FlowName { location.path.flow }

    func lines(on terminal: Terminal) throws -> [String] {
        let history = location.history
        let runs = try history.runs(RunSearch(flow: flow, limit: Self.shownRuns + 1))
        var facts = FactList()
        facts.add("first run", try history.flow(flow).map { LocalTime($0.createdAt.seconds).toTheSecond })
        facts.add("newest run", runs.first.map { "\($0.key.flow)/\($0.key.run) (\($0.state.rawValue))" })
        facts.add("newest success", try history.runs(RunSearch(flow: flow, states: [.succeeded], limit: 1)).first.map { "\($0.key.flow)/\($0.key.run)" })
        var table = TextTable("RUN", "STATUS", "STARTED", ">DURATION", "TAGS")
        for run in runs.prefix(Self.shownRuns) {
            table.add(
                .init("\(run.key.run)"), .init(run.state.rawValue, run.state.style),
                .init(LocalTime(run.createdAt.seconds).toTheSecond), .init(run.time.map { "\(DurationText($0))" } ?? ""),
                .init(run.userTags.joined(separator: ", ")))
        }
        let more = runs.count > Self.shownRuns ? ["", "penstock runs \(flow) --limit 0 lists all of them."] : []
        return [Style.bold("Flow \(flow)", on: terminal)] + facts.lines(on: terminal) + [""]
            + table.lines(on: terminal, indent: "  ") + more
    }

    func json() throws -> JSONText {
        let runs = try location.history.runs(RunSearch(flow: flow))
        let created = try location.history.flow(flow)?.createdAt ?? .now()
        return try JSONText(
            FlowOutput(
                flow: flow.text, path: flow.text, createdAt: UTCText(created), runs: runs.map { RunOutput($0) }))
    }
}

/// A run, step by step.
struct RunView: RecordView {
    private let run: RunRecord
    private let steps: [RecordedStepCounts]
    private let failures: [FailedTask]
    private let script: String?
    /// Whether it can be resumed here.
    private let isOurs: Bool

    init(_ location: RecordLocation) throws {
        guard let run = location.run else { throw RecordError.wrongDepth(location.path.description, wanted: "FLOW/RUN") }
        self.run = run
        let history = location.history
        // The pseudo-step of the parameters says nothing about the person's steps.
        steps = try history.taskCounts(of: run.key).filter { $0.step != .parameters }
        failures = try steps.filter { $0.failed > 0 }.flatMap { try FailedTask.tasks(of: $0.step, run, history) }
        script = try history.script(of: run.key)
        isOurs = try history.metaflow(of: run.key) == nil
    }

    func lines(on terminal: Terminal) throws -> [String] {
        let path = "\(run.key.flow)/\(run.key.run)"
        var facts = FactList()
        facts.add("started", LocalTime(run.createdAt.seconds).toTheSecond)
        facts.add(run.state == .running ? "running for" : "took", run.time.map { "\(DurationText($0))" })
        facts.add("user", run.username)
        facts.add("tags", run.userTags.joined(separator: ", "))
        facts.add("system tags", run.systemTags.joined(separator: ", "))
        let isReproduction = run.originRun.map { run.systemTags.contains(ReproductionTag(of: $0).text) } ?? false
        facts.add(isReproduction ? "reproduces" : "resumed from", run.originRun.map { "\(run.key.flow)/\($0)" })
        facts.add("ended at", run.end.map { "\(path)/\($0.step)/\($0.task)" })
        facts.add("flow file", script)
        return [
            Style.bold("Run \(path)", on: terminal) + "  " + run.state.style(run.state.rawValue, on: terminal)
        ] + facts.lines(on: terminal) + [""] + table.lines(on: terminal, indent: "  ") + endings(path, terminal)
    }

    private var table: TextTable {
        var table = TextTable("STEP", "STATUS", ">TASKS", ">DONE", ">RUNNING", ">FAILED", "STARTED", ">DURATION")
        for counts in steps {
            let summary = StepSummary(counts, of: run)
            table.add(
                .init(counts.step.text), .init(summary.status.rawValue, summary.status.style), .init("\(counts.tasks)"),
                .init("\(counts.succeeded)"), .init(summary.running == 0 ? "" : "\(summary.running)"),
                .init(counts.failed == 0 ? "" : "\(counts.failed)", .red),
                .init(LocalTime(counts.startedAt.seconds).toTheSecond),
                .init(summary.time.map { "\(DurationText($0))" } ?? ""))
        }
        return table
    }

    /// What failed, and what can be done next.
    private func endings(_ path: String, _ terminal: Terminal) -> [String] {
        var lines: [String] = []
        if !failures.isEmpty { lines += [""] + failures.prefix(5).map { "  " + $0.line(path, terminal) } }
        if failures.count > 5 { lines.append("  and \(failures.count - 5) more") }
        if isOurs, run.state == .failed || run.state == .abandoned {
            let again = "python \(script ?? "flow.py") resume --origin-run-id \(run.key.run)"
            lines += ["", "  To go on where it stopped: " + Style.bold(again, on: terminal)]
        }
        return lines
    }

    func json() throws -> JSONText {
        try JSONText(RunOutput(run, steps: steps.map { StepOutput($0, of: run) }))
    }
}

/// A task that failed for good, as far as is known, and what it raised.
struct FailedTask {
    let task: TaskRecord
    let exception: RecordedException?

    /// The failed tasks of a step, the first ones first.
    static func tasks(of step: StepName, _ run: RunRecord, _ history: RunHistories) throws -> [FailedTask] {
        try history.tasks(of: run.key, step: step).reversed().filter { $0.isFinished && !$0.isSuccessful }.prefix(100).map {
            let attempts = try history.attempts(of: TaskKey(run: run.key, task: $0.task))
            return FailedTask(
                task: $0, exception: attempts.last?.exception.flatMap { RecordedException(json: $0) })
        }
    }

    func line(_ run: String, _ terminal: Terminal) -> String {
        let place = "\(run)/\(task.step)/\(task.task)"
        return Style.red("failed", on: terminal) + "  \(place)" + (exception.map { "  \($0.headline)" } ?? "")
    }
}
