import Clusters
import Diagnostics
import FlowModel

/// Makes the executors of clusters from what the person has set.
struct ClusterFactory {
    let settings: Settings
    /// The version of the Python that launched the run.
    let python: String

    init(settings: Settings, python: String) {
        self.settings = settings
        self.python = python
    }

    /// The request with what settings say where it says nothing.
    func resolve(_ request: ComputeRequest) throws -> ComputeRequest { request }

    func executor(for request: ComputeRequest) throws -> any ClusterExecutor {
        throw ClusterError(request.executor, .notSetUp, "\(request.executor) is not part of this version of Penstock")
    }
}
