package import Executors
package import FlowModel
package import Ledger
package import Scheduler

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
    /// The worker host of each step that does not run in the person's own interpreter.
    package var hosts: [StepName: HostKey]
    /// Variables that a step's processes get.
    package var variables: [StepName: [String: String]]
    /// Metadata that every task shares.
    package var metadata: [MetadataEntry]
    /// Artifacts above this size, in bytes, travel as files.
    package var inlineLimit = 1 << 16

    package init(
        key: RunKey, graph: FlowGraph, scheduling: SchedulerOptions, username: String, namespace: String,
        userTags: [String] = [], systemTags: [String] = [], parameters: ParameterValues,
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
        self.hosts = hosts
        self.variables = variables
        self.metadata = metadata
    }
}
