package import ObjectStores
package import Remotes
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the jobs of a group are to do, as one of them finds it in the datastore.
package struct NodeOrders: Sendable {
    private let key: ObjectKey
    private let remote: RemoteStore
    private let layout: NodeLayout
    /// The index of this job.
    private let job: Int
    private let persist: Persistence

    /// - Throws: when the datastore is not mounted, or the key names no orders.
    package init(
        _ key: ObjectKey, in remote: RemoteStore, job: Int, _ persist: Persistence = NodeJob.patience
    ) throws(NodeFault) {
        if case .folder(let root) = remote.address, access(root.string, F_OK) != 0 { throw .notMounted(root.string) }
        guard let layout = NodeLayout(orders: key) else { throw .orders(.absent(key.text)) }
        self.key = key
        self.remote = remote
        self.layout = layout
        self.job = job
        self.persist = persist
    }

    package var share: GroupShare { GroupShare(layout, in: remote.objects, job: job, persist) }

    /// Whether another process has done the work of this job.
    package func isReported() async throws(ObjectStoreError) -> Bool {
        let report = try layout.key(of: .report(index: job))
        let objects = remote.objects
        return try await persist({ () async throws(ObjectStoreError) in try await objects.info(of: report) }) != nil
    }

    /// - Throws: `OrderFault`, `ObjectStoreError`
    package func read() async throws -> OrderReader {
        let (key, objects) = (key, remote.objects)
        // Shared disks may show a new file a little later.
        for pause in [1, 2, 4] {
            let info = try await persist { () async throws(ObjectStoreError) in try await objects.info(of: key) }
            if info != nil { break }
            try await persist.sleep(.seconds(pause))
        }
        return try await persisting { try await OrderReader(key, in: objects) }
    }

    /// - Throws: `OrderFault`, `ObjectStoreError`
    package func job(_ index: Int, of book: OrderReader) async throws -> NodeJob {
        let order = try await persisting { try await book.attempt(index) }
        return NodeJob(remote: remote, layout: layout, index: index, job: job, group: book.group, order: order)
    }

    /// Tries again what a datastore has not answered, and nothing else.
    private func persisting<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let found: Result<Value, OrderFault> = try await persist { () async throws(ObjectStoreError) in
            do {
                return .success(try await work())
            } catch let error as ObjectStoreError {
                throw error
            } catch {
                return .failure(error as? OrderFault ?? .damaged)
            }
        }
        return try found.get()
    }
}
