package import Datastore
package import FlowModel
package import Ledger
import Synchronization
import SystemPackage

extension MetaflowHistory {
    package func tasks(
        of run: RunKey, step: StepName?, before: TaskID?, limit: Int?
    ) throws -> [TaskRecord] {
        let steps = try step.map { [$0] } ?? steps(of: run).map(\.name)
        var found = try steps.flatMap { step in
            try folder.children(of: [run.flow.text, run.run.text, step.text]).map { (step, TaskID($0.name), $0.record.time) }
        }.sorted { ($1.2, $1.1) < ($0.2, $0.1) }[...]
        if let before { found = found.drop { $0.1 != before }.dropFirst() }
        return try found.prefix(limit ?? .max).compactMap { step, task, _ in try record(TaskKey(run: run, task: task), step) }
    }

    package func task(_ key: TaskKey) throws -> TaskRecord? {
        try step(of: key).flatMap { try record(key, $0) }
    }

    /// A task's step is not in its key; a run has few steps.
    private func step(of key: TaskKey) throws -> StepName? {
        try folder.children(of: [key.run.flow.text, key.run.run.text]).map { StepName($0.name) }.first { step in
            try folder.record([key.run.flow.text, key.run.run.text, step.text, key.task.text]) != nil
        }
    }

    func facts(of key: TaskKey) throws -> TaskFacts? {
        try step(of: key).flatMap { try TaskFacts(key, step: $0, in: folder) }
    }

    private func record(_ key: TaskKey, _ step: StepName) throws -> TaskRecord? {
        if let known = shelf.withLock({ $0.tasks[key] }) { return known }
        guard let facts = try TaskFacts(key, step: step, in: folder) else { return nil }
        let record = try record(facts)
        if record.isFinished, record.isSuccessful {
            shelf.withLock { shelf in
                if shelf.tasks.count > 50_000 { shelf.tasks.removeAll() }
                shelf.tasks[key] = record
            }
        }
        return record
    }

    private func record(_ facts: TaskFacts) throws -> TaskRecord {
        let done = try facts.done().last
        let begun = try facts.begun().last?.number
        let outcome = try done.map { try self.outcome(of: facts, $0.number) }
        let frames = try frames(of: facts, done?.number)
        let origin = try origin(of: facts)
        return TaskRecord(
            task: facts.key.task, step: facts.step, createdAt: facts.record.createdAt,
            finishedAt: done.map { outcome?.at ?? $0.at },
            attempt: (begun ?? done?.number).map { AttemptNumber(max($0, done?.number ?? 0)) },
            doneAttempt: done.map { AttemptNumber($0.number) }, isSuccessful: outcome?.isDone ?? false,
            isCaught: outcome.map { $0.isDone && !$0.isSuccess } ?? false, index: frames.last?.index,
            frames: ForeachPlace.json(frames), origin: origin, isClone: origin != nil)
    }

    private struct Outcome {
        var isDone: Bool
        var isSuccess: Bool
        var at: WallTime?
    }

    /// What an attempt says of itself in two artifacts, which are there also when it failed.
    private func outcome(of facts: TaskFacts, _ attempt: Int) throws -> Outcome {
        let done = try facts.artifact("_task_ok", attempt)
        let success = try facts.artifact("_success", attempt)
        let values = MetaflowValues(folder: folder, flow: facts.key.run.flow.text)
        // A value that is lost must not hide the task.
        let isDone = try done.flatMap { try? values.isTrue($0.sha) } ?? facts.succeeded(attempt) ?? false
        return Outcome(isDone: isDone, isSuccess: success.flatMap { try? values.isTrue($0.sha) } ?? isDone, at: done?.createdAt)
    }

    private func origin(of facts: TaskFacts) throws -> TaskOrigin? {
        guard let run = try facts.newest("origin-run-id")?.value.factText, run != "None",
            let task = try facts.newest("origin-task-id")?.value.factText
        else { return nil }
        return TaskOrigin(run: RunID(run), task: TaskID(task))
    }

    /// The indices of foreaches in which a task is, `step:index,…`; of a clone, as its origin recorded them.
    func place(of facts: TaskFacts) throws -> String? {
        if let own = try facts.newest("foreach-execution-path")?.value.factText { return own }
        guard let origin = try origin(of: facts, facts.key.run) else { return nil }
        return try place(of: origin)
    }

    /// The facts of the task that a clone stands for.
    private func origin(of facts: TaskFacts, _ run: RunKey) throws -> TaskFacts? {
        guard let origin = try origin(of: facts), origin.run != run.run else { return nil }
        let key = TaskKey(run: RunKey(flow: run.flow, run: origin.run), task: origin.task)
        return try TaskFacts(key, step: facts.step, in: folder)
    }

    private func frames(of facts: TaskFacts, _ attempt: Int?) throws -> [ForeachPlace] {
        let path = try place(of: facts)
        let stack = try facts.newest("foreach-stack")?.value ?? origin(of: facts, facts.key.run)?.newest("foreach-stack")?.value
        if let path, !path.isEmpty { return ForeachPlace.places(path: path, stack: stack) }
        // Before Metaflow recorded the path, the indexes are in an artifact only.
        guard case .array(let items)? = stack, !items.isEmpty, let attempt,
            let artifact = try facts.artifact("_foreach_stack", attempt),
            let value = try? MetaflowValues(folder: folder, flow: facts.key.run.flow.text).plain(artifact.sha)
        else { return [] }
        return ForeachPlace.places(stack: value)
    }

    // MARK: Attempts

    package func attempts(of key: TaskKey) throws -> [AttemptRecord] {
        guard let facts = try facts(of: key) else { return [] }
        let done = Dictionary(try facts.done().map { ($0.number, $0.at) }) { $1 }
        return try facts.begun().map { number, at in
            let end = done[number]
            return AttemptRecord(
                key: AttemptKey(task: key.task, attempt: AttemptNumber(number)), startedAt: at, finishedAt: end,
                isSuccessful: try end != nil && outcome(of: facts, number).isDone,
                exitStatus: try exitStatus(of: facts, number), exception: try exception(of: facts, number))
        }
    }

    private struct ExitRecord: Decodable {
        var status: Int32?

        private enum CodingKeys: String, CodingKey {
            case status = "return_code"
        }
    }

    private func exitStatus(of facts: TaskFacts, _ attempt: Int) throws -> Int32? {
        try folder.read(ExitRecord.self, facts.path.appending("\(attempt).runtime"))?.status
    }

    /// What an attempt raised, as JSON, in the ledger's form.
    private func exception(of facts: TaskFacts, _ attempt: Int) throws -> String? {
        guard let artifact = try facts.artifact("_exception", attempt),
            case .object(_, _, let state)? = try? MetaflowValues(folder: folder, flow: facts.key.run.flow.text).plain(artifact.sha),
            let type = state["type"]?.text
        else { return nil }
        return JSONValue.object([
            "type": .string(type), "message": .string(state["exception"]?.text ?? ""),
            "traceback": state["stacktrace"]?.text.map { .string($0) } ?? .null,
        ]).json
    }

    // MARK: Metadata

    /// A fact about a task.
    package struct Fact: Sendable {
        package var name: String
        /// A text, or whatever Metaflow wrote.
        package var value: JSONValue
        package var type: String
        package var attempt: Int
        package var at: WallTime
    }

    /// What is recorded of a task, oldest first. A clone has what its origin recorded last beneath its own.
    package func metadata(of key: TaskKey) throws -> [Fact] {
        guard let facts = try facts(of: key) else { return [] }
        let records = try facts.all()
        let own = Self.facts(records, begun: try facts.begun())
        guard let origin = try origin(of: facts) else { return own }
        let names = Set(own.map(\.name))
        let beneath = try metadata(of: TaskKey(run: RunKey(flow: key.run.flow, run: origin.run), task: origin.task))
        let newest = Dictionary(beneath.map { ($0.name, $0) }) { $0.at <= $1.at ? $1 : $0 }
        return own + newest.values.filter { !names.contains($0.name) }.sorted { ($0.at, $0.name) < ($1.at, $1.name) }.map { fact in
            // As of the clone's only attempt.
            var fact = fact
            fact.attempt = 0
            return fact
        }
    }

    /// Facts without a tag that tells the attempt belong to the one that had begun last.
    private static func facts(_ records: [FactRecord], begun: [(number: Int, at: WallTime)]) -> [Fact] {
        records.map { record in
            Fact(
                name: record.name, value: record.value, type: record.type ?? record.name,
                attempt: record.attempt ?? begun.last { $0.at <= record.at }?.number ?? 0, at: record.at)
        }
    }
}

extension MetaflowValues {
    /// Whether a value is true. Most are the same few bytes, which need not be read.
    func isTrue(_ sha: String) throws -> Bool {
        switch sha {
        // Of Python's `True` and `False` in protocols 4 and 2 of pickle.
        case "868436778cb011a1c6230bc12534683ab0b7f1c3": true
        default: try plain(sha)?.truth ?? false
        }
    }

    /// A value that is made of plain things; `nil` for others.
    func plain(_ sha: String) throws -> PlainPickle? {
        PlainPickle(try read(sha, limit: 64 << 20))
    }
}
