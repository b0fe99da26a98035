package import Datastore
package import FlowModel

/// What was recorded about runs, wherever it is kept: in the ledger, or by another program.
///
/// All calls block.
package protocol RunHistory: Sendable {
    /// The flows that have runs, by name.
    func flows() throws -> [FlowRecord]
    func flow(_ name: FlowName) throws -> FlowRecord?
    /// The runs that are looked for, newest first.
    func runs(_ search: RunSearch) throws -> [RunRecord]
    /// Whether there is such a run; cheaper than its record.
    func contains(_ run: RunKey) throws -> Bool
    func run(_ key: RunKey) throws -> RunRecord?
    /// The steps of a run that have tasks, in the order of their first ones.
    func steps(of run: RunKey) throws -> [StepRecord]
    func step(_ name: StepName, of run: RunKey) throws -> StepRecord?
    /// How the tasks of a run stand, by step, in the order in which the steps began.
    func taskCounts(of run: RunKey) throws -> [RecordedStepCounts]
    /// The tasks of a run or of one of its steps, newest first.
    ///
    /// - Parameter before: only those that a listing has after this one.
    func tasks(of run: RunKey, step: StepName?, before: TaskID?, limit: Int?) throws -> [TaskRecord]
    func task(_ key: TaskKey) throws -> TaskRecord?
    /// The tasks that a task took its artifacts from.
    func inputs(of task: TaskRecord, in run: RunKey) throws -> [TaskRecord]
    /// The tasks that took a task's results, in the order of their ids.
    func consumers(of key: TaskKey) throws -> [TaskRecord]
    /// The attempts at a task, oldest first.
    func attempts(of key: TaskKey) throws -> [AttemptRecord]
    /// The artifacts of an attempt, own and inherited, sorted by name.
    func list(artifactsOf attempt: AttemptKey, of task: TaskRecord, in run: RunKey) throws -> [ListedArtifact]
    /// The flow file of a run, where that is known.
    func script(of run: RunKey) throws -> String?
    /// Changes the person's tags in one step.
    ///
    /// - Returns: the run as it is then; `nil` when there is none.
    func editTags(of run: RunKey, _ edit: TagEdit) throws -> RunRecord?
}

/// An artifact as it is listed, whatever names its bytes.
package struct ListedArtifact: Sendable, Hashable {
    package var name: String
    /// The digest of the bytes as text: SHA-256 in a store of ours, SHA-1 in Metaflow's.
    package var digest: String
    package var size: Int64
    package var type: String
    package var encoding: String
    /// Whether the attempt itself stored it, as far as that is known.
    package var isOwn: Bool
    package var createdAt: WallTime

    package init(
        name: String, digest: String, size: Int64, type: String, encoding: String, isOwn: Bool, createdAt: WallTime
    ) {
        self.name = name
        self.digest = digest
        self.size = size
        self.type = type
        self.encoding = encoding
        self.isOwn = isOwn
        self.createdAt = createdAt
    }

    package init(_ artifact: ArtifactRecord) {
        self.init(
            name: artifact.name, digest: "\(artifact.digest)", size: artifact.size, type: artifact.type,
            encoding: artifact.encoding, isOwn: artifact.isOwn, createdAt: artifact.createdAt)
    }
}

extension RunLedger: RunHistory {
    package func contains(_ run: RunKey) throws -> Bool {
        try reading(run) { _, _ in true } ?? false
    }

    package func inputs(of task: TaskRecord, in run: RunKey) throws -> [TaskRecord] {
        try task.inputs.compactMap { try self.task(TaskKey(run: run, task: $0)) }
    }

    package func list(
        artifactsOf attempt: AttemptKey, of task: TaskRecord, in run: RunKey
    ) throws -> [ListedArtifact] {
        try artifacts(of: attempt, in: run).map { ListedArtifact($0) }
    }

    package func script(of run: RunKey) throws -> String? {
        try codePackage(of: run)?.script
    }
}

extension RunHistory {
    package func tasks(of run: RunKey) throws -> [TaskRecord] {
        try tasks(of: run, step: nil, before: nil, limit: nil)
    }

    package func tasks(of run: RunKey, step: StepName?) throws -> [TaskRecord] {
        try tasks(of: run, step: step, before: nil, limit: nil)
    }
}
