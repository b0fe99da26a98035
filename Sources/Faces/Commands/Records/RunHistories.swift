import Datastore
import FlowModel
import FoundationEssentials
import Ledger
import MetaflowStore
import SystemPackage

/// The runs that can be looked at: those of a store, and beside them those that Metaflow keeps in the same project. A run belongs to
/// the first that has it.
struct RunHistories: RunHistory {
    let records: RunRecords?
    let metaflow: MetaflowHistory?
    private let parts: [any RunHistory]

    init(_ records: RunRecords?, _ metaflow: MetaflowHistory? = nil) {
        self.records = records
        self.metaflow = metaflow
        let candidates: [(any RunHistory)?] = [records?.ledger, metaflow]
        parts = candidates.compactMap { $0 }
    }

    private func part(of run: RunKey) throws -> (any RunHistory)? {
        try parts.first { try $0.contains(run) }
    }

    /// The history of Metaflow's, for a run that is in it and not in the store.
    func metaflow(of run: RunKey) throws -> MetaflowHistory? {
        guard let metaflow, try records?.ledger.contains(run) != true, try metaflow.contains(run) else { return nil }
        return metaflow
    }

    // MARK: Of all

    func flows() throws -> [FlowRecord] {
        let found = try parts.flatMap { try $0.flows() }
        return Dictionary(grouping: found, by: \.name).values.compactMap(Self.merged).sorted { $0.name < $1.name }
    }

    func flow(_ name: FlowName) throws -> FlowRecord? {
        Self.merged(try parts.compactMap { try $0.flow(name) })
    }

    private static func merged(_ flows: [FlowRecord]) -> FlowRecord? {
        flows.min { $0.createdAt < $1.createdAt }
    }

    func runs(_ search: RunSearch) throws -> [RunRecord] {
        let found = try parts.map { try $0.runs(search) }
        guard found.count > 1 else { return found.first ?? [] }
        let own = Set(found[0].map(\.key))
        let merged = (found[0] + found[1...].joined().filter { !own.contains($0.key) }).sorted { $0.createdAt > $1.createdAt }
        return Array(merged.prefix(search.limit ?? .max))
    }

    // MARK: Of one run

    func contains(_ run: RunKey) throws -> Bool { try part(of: run) != nil }
    func run(_ key: RunKey) throws -> RunRecord? { try part(of: key)?.run(key) }
    func steps(of run: RunKey) throws -> [StepRecord] { try part(of: run)?.steps(of: run) ?? [] }
    func step(_ name: StepName, of run: RunKey) throws -> StepRecord? { try part(of: run)?.step(name, of: run) }
    func taskCounts(of run: RunKey) throws -> [RecordedStepCounts] { try part(of: run)?.taskCounts(of: run) ?? [] }

    func tasks(of run: RunKey, step: StepName?, before: TaskID?, limit: Int?) throws -> [TaskRecord] {
        try part(of: run)?.tasks(of: run, step: step, before: before, limit: limit) ?? []
    }

    func task(_ key: TaskKey) throws -> TaskRecord? { try part(of: key.run)?.task(key) }
    func inputs(of task: TaskRecord, in run: RunKey) throws -> [TaskRecord] { try part(of: run)?.inputs(of: task, in: run) ?? [] }
    func consumers(of key: TaskKey) throws -> [TaskRecord] { try part(of: key.run)?.consumers(of: key) ?? [] }
    func attempts(of key: TaskKey) throws -> [AttemptRecord] { try part(of: key.run)?.attempts(of: key) ?? [] }

    func list(artifactsOf attempt: AttemptKey, of task: TaskRecord, in run: RunKey) throws -> [ListedArtifact] {
        try part(of: run)?.list(artifactsOf: attempt, of: task, in: run) ?? []
    }

    func script(of run: RunKey) throws -> String? { try part(of: run)?.script(of: run) }
    func editTags(of run: RunKey, _ edit: TagEdit) throws -> RunRecord? { try part(of: run)?.editTags(of: run, edit) }
}

extension MetaflowFolder {
    /// The folder that belongs to a store: beside it, when the store was named, else where Metaflow would look for it.
    static func belonging(
        to location: StoreLocation, isNamed: Bool, environment: [String: String]
    ) -> MetaflowFolder? {
        if isNamed { return MetaflowFolder(beside: location) }
        let workingDirectory = FilePath(FileManager.default.currentDirectoryPath)
        return MetaflowFolder(environment: environment, workingDirectory: workingDirectory)
    }
}
