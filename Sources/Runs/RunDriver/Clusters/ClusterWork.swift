package import Clusters
package import Datastore
import Digests
package import FlowModel
package import Ledger
package import Nodes
package import ObjectStores
package import Remotes

/// What a run with steps on clusters needs besides: fixed when it begins.
package struct ClusterWork: Sendable {
    /// A step that runs on a cluster.
    package struct Step: Sendable {
        package var request: ComputeRequest
        package var executor: any ClusterExecutor
        /// Nothing where it runs in the Python of the node.
        package var environment: GroupOrder.Environment?
        /// What the environment is made of.
        package var packages: [SnapshotEntry]
        /// How long to wait before another attempt.
        package var retryPause: Duration

        package init(
            request: ComputeRequest, executor: any ClusterExecutor, environment: GroupOrder.Environment? = nil,
            packages: [SnapshotEntry] = [], retryPause: Duration = .zero
        ) {
            self.request = request
            self.executor = executor
            self.environment = environment
            self.packages = packages
            self.retryPause = retryPause
        }
    }

    package var steps: [StepName: Step]
    /// The remote datastore, through which the run and its nodes talk.
    package var objects: any ObjectStore
    package var publisher: RemotePublisher
    /// The version of the Python that launched the run.
    package var launchingPython: String
    /// Variables that every process of the run's steps gets on its node.
    package var variables: [String: String]
    /// Makes the program of a group's jobs. May bring the engine into the datastore first.
    package var program: @Sendable (_ orders: ObjectKey) async throws -> NodeProgram
    /// For how long a job may be unknown to its cluster, and nothing be heard of it, before it counts as lost.
    package var patience: Duration = .seconds(180)
    /// How long after the end of a job its report may still appear: what a shared file system needs to show it.
    package var settling: Duration = .seconds(5)
    /// For how long after its beginning a job takes further tasks of its group, where its cluster starts jobs more slowly than short
    /// tasks run: long beside what starting a job takes, short beside what one may take.
    package var sharing: Duration = .seconds(20)

    package init(
        steps: [StepName: Step], objects: any ObjectStore, publisher: RemotePublisher, launchingPython: String,
        variables: [String: String] = [:], program: @escaping @Sendable (_ orders: ObjectKey) async throws -> NodeProgram
    ) {
        self.steps = steps
        self.objects = objects
        self.publisher = publisher
        self.launchingPython = launchingPython
        self.variables = variables
        self.program = program
    }
}
