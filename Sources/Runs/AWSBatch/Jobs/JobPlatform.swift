import Clusters
import FlowModel

/// What the machines behind a queue are.
enum JobPlatform: Hashable, Sendable {
    /// Instances of EC2.
    case instances
    case fargate

    var capability: String {
        switch self {
        case .instances: "EC2"
        case .fargate: "FARGATE"
        }
    }

    /// Refuses what does not exist there.
    func check(_ request: ComputeRequest, _ options: BatchOptions, isGang: Bool, queue: String) throws(ClusterError) {
        let place = "the job queue '\(queue)' is one of Fargate"
        func refuse(_ what: String, _ help: String) throws(ClusterError) {
            throw BatchExecutor.error(.refused, "\(place), which has no \(what)", help: help)
        }
        guard self == .fargate else {
            if options.ephemeralStorage != nil {
                throw BatchExecutor.error(
                    .refused, "the job queue '\(queue)' is one of EC2, and ephemeral_storage is for Fargate alone",
                    help: "remove ephemeral_storage, or name a queue of Fargate")
            }
            return
        }
        let elsewhere = "name a queue of EC2 with queue=, or remove it"
        if isGang { try refuse("jobs with several nodes", "name a queue of EC2 with queue= for the parallel step") }
        if (request.resources.gpu ?? 0) > 0 { try refuse("GPUs", elsewhere) }
        if options.memoryDisk != nil { try refuse("tmpfs", elsewhere) }
        if options.neuronDevices > 0 { try refuse("Inferentia or Trainium devices", elsewhere) }
        if options.networkAdapters > 0 { try refuse("Elastic Fabric Adapters", elsewhere) }
        if !options.hostVolumes.isEmpty { try refuse("folders of a host", "use efs_volumes") }
        if options.isPrivileged { try refuse("privileged containers", elsewhere) }
        if options.executionRole == nil {
            throw BatchExecutor.error(
                .notSetUp, "\(place), and there is no role in which it fetches images",
                help: "name it with execution_role=, or set METAFLOW_ECS_FARGATE_EXECUTION_ROLE")
        }
    }
}
