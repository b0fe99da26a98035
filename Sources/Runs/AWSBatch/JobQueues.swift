import Clusters
import FlowModel
import ObjectStores

/// What is behind job queues; each is looked up once.
actor JobQueues {
    private let client: BatchClient
    private var known: [String: JobPlatform] = [:]

    init(_ client: BatchClient) { self.client = client }

    /// Queues to which jobs were submitted.
    var used: [String] { known.keys.sorted() }

    /// - Parameter name: or ARN.
    /// - Throws: `.refused` for a queue that takes no jobs or whose jobs are of another kind.
    func platform(of name: String) async throws(ClusterError) -> JobPlatform {
        if let platform = known[name] { return platform }
        let queues = try await client.answer(.describeQueue(name))["jobQueues"]?.items ?? []
        guard let queue = queues.first(where: { $0["jobQueueName"]?.text == name || $0["jobQueueArn"]?.text == name }) else {
            throw BatchExecutor.error(
                .refused, "there is no job queue '\(name)' in AWS Batch (\(client.service.region))",
                help: "name another one with queue=, or set METAFLOW_BATCH_JOB_QUEUE; AWS_REGION says in which region it is looked for")
        }
        if queue["state"]?.text == "DISABLED" {
            throw BatchExecutor.error(
                .refused, "the job queue '\(name)' is disabled and takes no jobs", help: "enable it, or name another one with queue=")
        }
        if queue["status"]?.text == "INVALID" {
            throw BatchExecutor.error(
                .refused, "the job queue '\(name)' is not valid", details: [queue["statusReason"]?.text].compactMap { $0 },
                help: "mend it in the console of AWS Batch, or name another one with queue=")
        }
        let platform = try await platform(queue, name)
        known[name] = platform
        return platform
    }

    private func platform(_ queue: JSONValue, _ name: String) async throws(ClusterError) -> JobPlatform {
        let order = queue["computeEnvironmentOrder"]?.items ?? []
        let first = order.min { ($0["order"]?.whole ?? 0) < ($1["order"]?.whole ?? 0) }
        guard let environment = first?["computeEnvironment"]?.text else {
            throw BatchExecutor.error(
                .refused, "the job queue '\(name)' has no compute environment", help: "give it one, or name another one with queue=")
        }
        let found = try await client.answer(.describeEnvironments([environment]))["computeEnvironments"]?.items.first
        if found?["containerOrchestrationType"]?.text == "EKS" {
            throw BatchExecutor.error(
                .refused, "the job queue '\(name)' is one of EKS, which @batch cannot use",
                help: "name a queue of ECS with queue=, or use @kubernetes with that cluster")
        }
        // Environments that somebody else manages have instances, and say nothing of them.
        return found?["computeResources"]?["type"]?.text?.hasPrefix("FARGATE") == true ? .fargate : .instances
    }
}
