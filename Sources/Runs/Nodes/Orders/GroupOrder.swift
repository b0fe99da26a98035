package import Datastore
package import FlowModel
package import Ledger
package import WorkerProtocol

/// What all jobs of a group have in common.
package struct GroupOrder: Codable, Sendable {
    /// Raised when an older engine would misread what is written.
    package static let format = 1

    /// The environment of the step, made again from its lock.
    package struct Environment: Codable, Sendable, Hashable {
        /// As `StepEnvironment.Kind`: `pypi`, `uv`, `conda`.
        package var kind: String
        /// The version of its Python.
        package var python: String
        /// The name of the lock in the code package.
        package var lock: String

        package init(kind: String, python: String, lock: String) {
            self.kind = kind
            self.python = python
            self.lock = lock
        }
    }

    package var format = GroupOrder.format
    package var flow: FlowName
    package var run: RunID
    package var step: StepName
    /// The run's code package, as the datastore keeps it.
    package var code: StoredBlob
    /// The flow file, from the root of the code package.
    package var script: String
    /// Nothing where the step runs in the Python of the node.
    package var environment: Environment?
    /// The wheels and packages of the environment, as the datastore keeps them.
    package var packages: [SnapshotEntry]
    /// The version of the Python that launched the run: the series that a step without an environment should find.
    package var launchingPython: String
    /// The Python of the node for a step without an environment, where the person named one.
    package var executable: String?
    /// What the worker host is configured with.
    package var configuration: HostConfiguration?
    /// Variables that the processes of the step get.
    package var variables: [String: String]
    /// What one attempt may leave in the log, in bytes.
    package var logLimit: Int64
    /// For how many seconds after its beginning a job takes further attempts of the group, whose own jobs still wait; nothing where
    /// each job does its own attempt alone.
    package var sharedFor: Double?

    package init(
        flow: FlowName, run: RunID, step: StepName, code: StoredBlob, script: String, environment: Environment? = nil,
        packages: [SnapshotEntry] = [], launchingPython: String, executable: String? = nil,
        configuration: HostConfiguration? = nil, variables: [String: String] = [:], logLimit: Int64
    ) {
        self.flow = flow
        self.run = run
        self.step = step
        self.code = code
        self.script = script
        self.environment = environment
        self.packages = packages
        self.launchingPython = launchingPython
        self.executable = executable
        self.configuration = configuration
        self.variables = variables
        self.logLimit = logLimit
    }
}

/// What one job is to do.
package struct AttemptOrder: Codable, Sendable {
    /// What the worker is told. `staging` and `datastoreRoot` are empty: the node has its own.
    package var assignment: TaskAssignmentMessage
    /// A join's inputs, in their order.
    package var inputs: [JoinInput]
    /// Variables of this attempt besides those of the group.
    package var variables: [String: String]
    /// Every blob that the worker may ask for, as the datastore keeps it.
    package var blobs: [StoredBlob]

    package init(
        assignment: TaskAssignmentMessage, inputs: [JoinInput] = [], variables: [String: String] = [:],
        blobs: [StoredBlob] = []
    ) {
        self.assignment = assignment
        self.inputs = inputs
        self.variables = variables
        self.blobs = blobs
    }
}
