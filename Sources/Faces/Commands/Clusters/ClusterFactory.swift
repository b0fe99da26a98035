import AWSBatch
import Clusters
import Diagnostics
import FlowModel
import Kubernetes
import Remotes
import Slurm
import SystemPackage

/// Makes the executors of clusters from what the person has set: one of a kind, however many steps ask for it.
final class ClusterFactory {
    private let settings: Settings
    /// The version of the Python that launched the run.
    private let python: String
    private let datastore: RemoteAddress?
    private var made: [String: any ClusterExecutor] = [:]

    /// - Parameters:
    ///   - python: left out where nothing is to be run.
    ///   - datastore: of the runs: in a folder that nodes see, jobs may leave what does not reach the datastore by itself.
    init(settings: Settings, python: String = "", datastore: RemoteAddress? = nil) {
        self.settings = settings
        self.python = python
        self.datastore = datastore
    }

    /// The request with what settings say where it says nothing.
    func resolve(_ request: ComputeRequest) throws -> ComputeRequest {
        try ComputeDefaults(environment: settings.environment, python: python).completed(request)
    }

    func executor(for request: ComputeRequest) throws -> any ClusterExecutor { try executor(named: request.executor) }

    /// - Parameter name: `slurm`, `kubernetes` or `batch`.
    func executor(named name: String) throws -> any ClusterExecutor {
        if let executor = made[name] { return executor }
        let executor = try make(name)
        made[name] = executor
        return executor
    }

    private func make(_ name: String) throws -> any ClusterExecutor {
        let environment = settings.environment
        switch name {
        case "slurm":
            var output: FilePath?
            if case .folder(let folder) = datastore { output = folder.appending("slurm-output") }
            return SlurmExecutor(settings: SlurmSettings(environment), output: output)
        case "kubernetes":
            // Not longer than the run waits for a job of which nothing is heard.
            let patience = environment["PENSTOCK_CLUSTER_PATIENCE"].flatMap { Int64($0) } ?? 120
            return KubernetesExecutor(
                environment: environment, secondsKept: try KubernetesSettings(environment).secondsKept,
                patience: .seconds(max(1, min(patience, 120))))
        case "batch":
            return try BatchExecutor(environment: environment, usualQueue: BatchSettings(environment).options.queue)
        default: throw ClusterError(name, .notSetUp, "\(name) is not part of this version of Penstock")
        }
    }
}
