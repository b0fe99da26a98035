import AWSBatch
import Clusters
import Diagnostics
import FlowModel
import Slurm

/// Makes the executors of clusters from what the person has set: one of a kind, however many steps ask for it.
final class ClusterFactory {
    private let settings: Settings
    /// The version of the Python that launched the run.
    private let python: String
    private var made: [String: any ClusterExecutor] = [:]

    /// - Parameter python: left out where nothing is to be run.
    init(settings: Settings, python: String = "") {
        self.settings = settings
        self.python = python
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
        case "batch":
            return try BatchExecutor(environment: environment, usualQueue: BatchSettings(environment).options.queue)
        case "slurm": return SlurmExecutor(settings: SlurmSettings(environment))
        default: throw ClusterError(name, .notSetUp, "\(name) is not part of this version of Penstock")
        }
    }
}
