import Datastore
package import FlowModel
package import Ledger
import Synchronization
import SystemPackage

/// The runs of a folder of Metaflow's, as they are. Never changes anything but tags, when it is asked to.
package final class MetaflowHistory: RunHistory {
    package let folder: MetaflowFolder

    /// What can change no more.
    struct Shelf: Sendable {
        var tasks: [TaskKey: TaskRecord] = [:]
        var endings: [RunKey: RunEnding] = [:]
        var graphs: [RunKey: RunGraph] = [:]
    }

    // A lock rather than an actor: callers are blocking threads, and each holds it for one look-up.
    let shelf = Mutex(Shelf())

    package init(_ folder: MetaflowFolder) {
        self.folder = folder
    }

    // MARK: Flows

    package func flows() throws -> [FlowRecord] {
        try folder.children(of: []).map { FlowRecord(name: FlowName($0.name), createdAt: $0.record.createdAt) }
            .filter { try !runNames(of: $0.name).isEmpty }
    }

    package func flow(_ name: FlowName) throws -> FlowRecord? {
        guard let record = try folder.record([name.text]), try !runNames(of: name).isEmpty else { return nil }
        return FlowRecord(name: name, createdAt: record.createdAt)
    }

    private func runNames(of flow: FlowName) throws -> [String] {
        guard let path = folder.path([flow.text]) else { return [] }
        return try folder.names(in: path).filter { !["_meta", "data"].contains($0) }
    }

    // MARK: Runs

    package func runs(_ search: RunSearch) throws -> [RunRecord] {
        guard search.kind == .ordinary else { return [] }
        let flows = try search.flow.map { [$0] } ?? folder.children(of: []).map { FlowName($0.name) }
        let found = try flows.flatMap { flow in
            try folder.children(of: [flow.text]).map { (RunKey(flow: flow, run: RunID($0.name)), $0.record) }
        }.filter { Self.matches($0.1, search) }.sorted { left, right in
            (left.1.time, left.0.run.text) > (right.1.time, right.0.run.text)
        }
        var runs: [RunRecord] = []
        // How a run stands takes a look at its tasks: not for more than are wanted.
        for (key, record) in found where runs.count < search.limit ?? .max {
            let run = try runRecord(key, record)
            if search.states.isEmpty || search.states.contains(run.state) { runs.append(run) }
        }
        return runs
    }

    private static func matches(_ run: ObjectRecord, _ search: RunSearch) -> Bool {
        Set(search.tags).isSubset(of: (run.tags ?? []) + (run.systemTags ?? []))
            && (search.username.map { $0 == run.user } ?? true)
    }

    package func contains(_ run: RunKey) throws -> Bool {
        try folder.record([run.flow.text, run.run.text]) != nil
    }

    package func run(_ key: RunKey) throws -> RunRecord? {
        guard let record = try folder.record([key.flow.text, key.run.text]) else { return nil }
        return try runRecord(key, record)
    }

    private func runRecord(_ key: RunKey, _ record: ObjectRecord) throws -> RunRecord {
        let ending = try ending(of: key)
        return RunRecord(
            key: key, createdAt: record.createdAt, finishedAt: ending.finishedAt, state: ending.state,
            username: record.user ?? "", userTags: (record.tags ?? []).sorted(), systemTags: (record.systemTags ?? []).sorted(),
            originRun: ending.origin, end: ending.end, endIsCaught: ending.isCaught)
    }

    /// The flow file, as a task recorded its name.
    package func script(of run: RunKey) throws -> String? {
        try firstFacts(of: run)?.newest("script-name")?.value.factText
    }

    /// The first task of a run that can be found.
    func firstFacts(of run: RunKey) throws -> TaskFacts? {
        for step in try steps(of: run) where step.name != .parameters {
            guard let name = try folder.children(of: [run.flow.text, run.run.text, step.name.text]).first?.name else { continue }
            return try TaskFacts(TaskKey(run: run, task: TaskID(name)), step: step.name, in: folder)
        }
        return nil
    }

    // MARK: Steps

    /// When a step ended is left out: it takes a look at all of its tasks, see `taskCounts`.
    package func steps(of run: RunKey) throws -> [StepRecord] {
        try folder.children(of: [run.flow.text, run.run.text]).sorted { $0.record.time < $1.record.time }.map { step in
            StepRecord(
                name: StepName(step.name), createdAt: step.record.createdAt, finishedAt: nil,
                taskCount: try taskNames(of: run, StepName(step.name)).count)
        }
    }

    package func step(_ name: StepName, of run: RunKey) throws -> StepRecord? {
        guard let record = try folder.record([run.flow.text, run.run.text, name.text]) else { return nil }
        return StepRecord(
            name: name, createdAt: record.createdAt, finishedAt: nil, taskCount: try taskNames(of: run, name).count)
    }

    func taskNames(of run: RunKey, _ step: StepName) throws -> [String] {
        guard let path = folder.path([run.flow.text, run.run.text, step.text]) else { return [] }
        return try folder.names(in: path).filter { $0 != "_meta" }
    }

    package func taskCounts(of run: RunKey) throws -> [RecordedStepCounts] {
        try steps(of: run).map { step in
            let tasks = try tasks(of: run, step: step.name)
            let over = tasks.filter(\.isFinished)
            return RecordedStepCounts(
                step: step.name, startedAt: step.createdAt, finishedAt: over.compactMap(\.finishedAt).max(), tasks: tasks.count,
                succeeded: over.count(where: \.isSuccessful), failed: over.count { !$0.isSuccessful })
        }
    }
}
