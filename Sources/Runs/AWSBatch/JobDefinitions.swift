import Clusters
import FlowModel
import PackageSources
import Synchronization

/// The definitions that are registered; each is looked for once, and registered where it is not there.
final class JobDefinitions: Sendable {
    private let client: BatchClient
    /// One at a time, so that groups of the same kind do not register it twice.
    private let turn = ConcurrencyLimit(1)
    private let known = Mutex<[String: String]>([:])

    init(_ client: BatchClient) { self.client = client }

    /// - Returns: the ARN of a revision with that content.
    func arn(of definition: JobDefinition) async throws(ClusterError) -> String {
        let result = await turn.pass { () async -> Result<String, ClusterError> in
            do throws(ClusterError) { return .success(try await find(definition)) } catch { return .failure(error) }
        }
        guard let result else { throw BatchExecutor.error(.unreachable, "a request to AWS Batch was cancelled") }
        return try result.get()
    }

    /// Somebody may have taken it away.
    func forget(_ definition: JobDefinition) { known.withLock { $0[definition.name] = nil } }

    private func find(_ definition: JobDefinition) async throws(ClusterError) -> String {
        if let arn = known.withLock({ $0[definition.name] }) { return arn }
        let found = try await registered(definition)
        let arn = if let found { found } else { try await register(definition) }
        known.withLock { $0[definition.name] = arn }
        return arn
    }

    /// The newest revision that is equal; somebody may have changed one by hand.
    private func registered(_ definition: JobDefinition) async throws(ClusterError) -> String? {
        let revisions = try await client.pages("jobDefinitions") { .describeDefinitions(named: definition.name, after: $0) }
        let equal = revisions.filter { $0["jobDefinitionName"]?.text == definition.name && definition.isEqual(to: $0) }
        return equal.max { ($0["revision"]?.whole ?? 0) < ($1["revision"]?.whole ?? 0) }?["jobDefinitionArn"]?.text
    }

    private func register(_ definition: JobDefinition) async throws(ClusterError) -> String {
        let call = BatchCall.register(definition.content.merging(["jobDefinitionName": .string(definition.name)]) { own, _ in own })
        guard let arn = try await client.answer(call)["jobDefinitionArn"]?.text else {
            throw BatchExecutor.error(.garbled, "AWS Batch registered a job definition and did not say its ARN")
        }
        return arn
    }
}
