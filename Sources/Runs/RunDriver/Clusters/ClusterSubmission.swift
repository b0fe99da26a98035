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
    /// What is to be written before.
    enum Orders: Sendable {
        /// - Parameter code: where the code package is here.
        case drafts([Draft], GroupOrder, code: StoredBlob)
        /// They are there, as after an engine that died; the cluster may have the jobs already.
        case written
    }

    /// An attempt, with its inputs where they are here.
    struct Draft: Sendable {
        var order: AttemptOrder
        var blobs: [StoredBlob]
    }

    let layout: NodeLayout
    var group: JobGroup
    let orders: Orders
    let executor: any ClusterExecutor
    let objects: any ObjectStore
    let publisher: RemotePublisher
    let program: @Sendable (_ orders: ObjectKey) async throws -> NodeProgram

    func submit() async throws -> [JobID] {
        let key = try layout.orders
        if case .drafts(let drafts, let order, let code) = orders { try await write(drafts, order, code, as: key) }
        var group = group
        group.program = try await program(key)
        let ids = try await executor.submit(group)
        guard ids.count == group.attempts.count else {
            throw ClusterError(
                executor.name, .garbled, "\(executor.name) took \(group.attempts.count) jobs and named \(ids.count)")
        }
        // Who takes the run over finds them by their key if this is never written.
        let jobs = SubmittedJobs(executor: executor.name, step: group.step, attempts: group.attempts, ids: ids)
        try? await objects.put(try jobs.bytes(), as: try layout.jobs)
        return ids
    }

    private func write(_ drafts: [Draft], _ order: GroupOrder, _ code: StoredBlob, as key: ObjectKey) async throws {
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
        try await objects.put(try OrderBook(group: common, attempts: attempts).bytes(), as: key)
    }
}

/// The jobs of a group, as the datastore keeps them for whoever goes on with the run.
struct SubmittedJobs: Codable, Sendable {
    var executor: String
    var step: StepName
    /// As `step/task/attempt`.
    var attempts: [String]
    var ids: [JobID]

    init(executor: String, step: StepName, attempts: [String], ids: [JobID]) {
        self.executor = executor
        self.step = step
        self.attempts = attempts
        self.ids = ids
    }

    /// Nothing for what cannot be read: the cluster is asked then.
    init?(_ bytes: [UInt8]) {
        guard let jobs = try? JSONDecoder().decode(SubmittedJobs.self, from: Data(bytes)) else { return nil }
        self = jobs
    }

    func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
