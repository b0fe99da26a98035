package import Executors
package import FlowModel
package import Ledger
package import Scheduler
package import WorkerProtocol

/// Everything that is fixed when a run begins.
package struct RunPlan: Sendable {
    package var key: RunKey
    package var graph: FlowGraph
    package var scheduling: SchedulerOptions
    package var username: String
    package var namespace: String
    package var userTags: [String]
    package var systemTags: [String]
    /// What was given for the parameters.
    package var parameters: ParameterValues
    /// Where the random numbers of its steps begin.
    package var seed: RunSeed
    /// The worker host of each step that does not run in the person's own interpreter.
    package var hosts: [StepName: HostKey]
    /// Variables that a step's processes get.
    package var variables: [StepName: [String: String]]
    /// What the worker has to know of a step's decorators.
    package var settings: [StepName: DecoratorSettings] = [:]
    /// Metadata that every task shares.
    package var metadata: [MetadataEntry]
    /// Metadata of the tasks of a step, `_parameters` among them.
    package var stepMetadata: [StepName: [MetadataEntry]] = [:]
    /// Artifacts above this size, in bytes, travel as files.
    package var inlineLimit = 1 << 16
    /// What one attempt may leave in the log, in bytes; the rest is shown and not kept.
    package var logLimit: Int64 = 10_000_000
    package var kind = RunKind.ordinary
    /// What the hosts were configured with, resolved; for processes that are started afresh.
    package var configuration: HostConfiguration?
    /// The run's configs as JSON, for runs that resume it.
    package var configurationRecord: String?
    package var project: TaskAssignmentMessage.Project?
    /// What started the run.
    package var triggers: [JSONValue] = []
    /// The run whose finished tasks stand in for those of this one.
    package var origin: RunOrigin?
    /// What the run can be made again from, besides its code and artifacts.
    package var snapshot: [SnapshotEntry] = []
    /// What its steps on clusters need; absent when all run on this machine.
    package var cluster: ClusterWork?
    /// What is known of the run, when its engine is gone and this one goes on with it.
    package var attachment: Attachment?
    /// The one task that is run, instead of the flow.
    package var spin: SpinTask?

    package init(
        key: RunKey, graph: FlowGraph, scheduling: SchedulerOptions, username: String, namespace: String,
        userTags: [String] = [], systemTags: [String] = [], parameters: ParameterValues, seed: RunSeed,
        hosts: [StepName: HostKey] = [:], variables: [StepName: [String: String]] = [:],
        metadata: [MetadataEntry] = []
    ) {
        self.key = key
        self.graph = graph
        self.scheduling = scheduling
        self.username = username
        self.namespace = namespace
        self.userTags = userTags
        self.systemTags = systemTags
        self.parameters = parameters
        self.seed = seed
        self.hosts = hosts
        self.variables = variables
        self.metadata = metadata
    }
}

/// The run that another one resumes or reproduces.
package struct RunOrigin: Sendable {
    package var key: RunKey
    /// Steps that run again although their tasks succeeded, and with them what follows.
    package var rerun: Set<StepName>
    /// Whether nothing runs, and only what succeeded is taken over.
    package var clonesOnly: Bool
    /// Whether the new run is to give what this one gave: its tasks get the seeds of theirs, and see nothing of an origin.
    package var isReproduced: Bool

    package init(key: RunKey, rerun: Set<StepName> = [], clonesOnly: Bool = false, isReproduced: Bool = false) {
        self.isReproduced = isReproduced
        self.key = key
        self.rerun = rerun
        self.clonesOnly = clonesOnly
    }
}
