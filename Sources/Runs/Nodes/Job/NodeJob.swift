package import Datastore
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

/// One job of a group, on its node: its order, and where it reports.
package struct NodeJob: Sendable {
    package let remote: RemoteStore
    package let layout: NodeLayout
    package let index: Int
    package let group: GroupOrder
    package let order: AttemptOrder

    package init(remote: RemoteStore, layout: NodeLayout, index: Int, group: GroupOrder, order: AttemptOrder) {
        self.remote = remote
        self.layout = layout
        self.index = index
        self.group = group
        self.order = order
    }

    var objects: any ObjectStore { remote.objects }

    /// How long a datastore may be away before a job gives up.
    static let patience = Persistence(patience: .seconds(600))

    /// Reads what a job is to do.
    ///
    /// - Returns: `nil` when a report is there already: another process has done the work.
    package static func read(
        _ index: Int, of orders: ObjectKey, in remote: RemoteStore, _ persist: Persistence = patience
    ) async throws(NodeFault) -> NodeJob? {
        if case .folder(let root) = remote.address, access(root.string, F_OK) != 0 { throw .notMounted(root.string) }
        guard let layout = NodeLayout(orders: orders) else { throw .orders(.absent(orders.text)) }
        let objects = remote.objects
        do {
            let report = try layout.key(of: .report(index: index))
            if try await persist({ () async throws(ObjectStoreError) in try await objects.info(of: report) }) != nil { return nil }
            let found = try await order(index, at: orders, in: objects, persist)
            return NodeJob(remote: remote, layout: layout, index: index, group: found.group, order: found.attempt)
        } catch let error as ObjectStoreError {
            throw .datastore(error)
        } catch let fault as OrderFault {
            throw .orders(fault)
        } catch {
            throw .orders(.damaged)
        }
    }

    private static func order(
        _ index: Int, at key: ObjectKey, in objects: any ObjectStore, _ persist: Persistence
    ) async throws -> (group: GroupOrder, attempt: AttemptOrder) {
        // Shared disks may show a new file a little later.
        for pause in [1, 2, 4] {
            let info = try await persist { () async throws(ObjectStoreError) in try await objects.info(of: key) }
            if info != nil { break }
            try await persist.sleep(.seconds(pause))
        }
        let read = Result<(group: GroupOrder, attempt: AttemptOrder), OrderFault>.self
        let found: Result<(group: GroupOrder, attempt: AttemptOrder), OrderFault> = try await persist {
            () async throws(ObjectStoreError) in
            do {
                return read.success(try await OrderBook.order(index, at: key, in: objects))
            } catch let error as ObjectStoreError {
                throw error
            } catch {
                return read.failure(error as? OrderFault ?? .damaged)
            }
        }
        return try found.get()
    }

    /// Puts the report, unless there is one.
    package func publish(_ report: AttemptReport, payload: [UInt8] = [], _ persist: Persistence = patience) async throws(NodeFault) {
        do {
            let key = try layout.key(of: .report(index: index))
            let bytes = try report.bytes(payload: payload)
            let objects = objects
            _ = try await persist { () async throws(ObjectStoreError) in try await objects.put(bytes, as: key, .ifAbsent) }
        } catch let error as ObjectStoreError {
            throw .datastore(error)
        } catch {
            throw .orders(.damaged)
        }
    }

    /// Waits until other jobs of the group have reported, or for good: whoever waits for nothing is ended by the cluster.
    package func wait(forReportsOf indices: Range<Int>, every pause: Duration = .seconds(3)) async throws {
        var left = Set(indices)
        while !left.isEmpty {
            if let there = try? await objects.all(layout.said) {
                let words = Set(there.compactMap { NodeLayout.word(named: $0.key) })
                // Its own is gone: the run is over, and has tidied up.
                guard words.contains(.report(index: index)) else { return }
                for word in words { if case .report(let index) = word { left.remove(index) } }
            }
            if !left.isEmpty { try await Task.sleep(for: pause) }
        }
    }
}
