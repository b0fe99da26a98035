import Clusters
import Datastore
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import Nodes
import ObjectStores
import Remotes
import WorkerProtocol

/// A group on its way to its cluster: everything its jobs need goes into the datastore first, then the orders, then the jobs go to
/// the cluster, and at last their ids into the datastore.
struct ClusterSubmission: Sendable {
    /// An attempt, with its inputs where they are here.
    struct Draft: Sendable {
        var order: AttemptOrder
        var blobs: [StoredBlob]
    }

    let layout: NodeLayout
    let group: JobGroup
    let order: GroupOrder
    let drafts: [Draft]
    /// Where the code package is here.
    let code: StoredBlob
    let executor: any ClusterExecutor
    let objects: any ObjectStore
    let publisher: RemotePublisher
    let program: @Sendable (_ orders: ObjectKey) async throws -> NodeProgram

    func submit() async throws -> [JobID] {
        let wanted = drafts.flatMap(\.blobs) + [code] + order.packages.map(\.blob)
        let places = try await publisher.places(sending: wanted)
        var common = order
        common.code = places[code.digest] ?? code
        common.packages = order.packages.map { entry in
            var entry = entry
            entry.blob = places[entry.blob.digest] ?? entry.blob
            return entry
        }
        let attempts = drafts.map { draft in
            var order = draft.order
            order.blobs = draft.blobs.map { places[$0.digest] ?? $0 }
            return order
        }
        let key = try layout.orders
        let book = OrderBook(group: common, attempts: attempts)
        try await objects.put(try book.bytes(), as: key)
        var group = group
        group.program = try await program(key)
        let ids = try await executor.submit(group)
        guard ids.count == group.attempts.count else {
            throw ClusterError(
                executor.name, .garbled, "\(executor.name) took \(group.attempts.count) jobs and named \(ids.count)")
        }
        // Who takes the run over finds them by their key if this is never written.
        try? await objects.put(try SubmittedJobs(executor: executor.name, step: group.step, attempts: group.attempts, ids: ids).bytes(), as: try layout.jobs)
        return ids
    }
}

/// The jobs of a group, as the datastore keeps them for whoever goes on with the run.
struct SubmittedJobs: Codable, Sendable {
    var executor: String
    var step: StepName
    /// As `step/task/attempt`.
    var attempts: [String]
    var ids: [JobID]

    func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
