import ObjectStores
package import Remotes

/// One attempt of a group, on its node: its order, and where it is reported.
package struct NodeJob: Sendable {
    package let remote: RemoteStore
    package let layout: NodeLayout
    /// The place of the attempt in the group.
    package let index: Int
    /// The index of the job that does it.
    package let job: Int
    package let group: GroupOrder
    package let order: AttemptOrder

    package init(remote: RemoteStore, layout: NodeLayout, index: Int, job: Int? = nil, group: GroupOrder, order: AttemptOrder) {
        self.remote = remote
        self.layout = layout
        self.index = index
        self.job = job ?? index
        self.group = group
        self.order = order
    }

    var objects: any ObjectStore { remote.objects }

    /// How long a datastore may be away before a job gives up.
    package static let patience = Persistence(patience: .seconds(600))

    /// Puts the report, unless there is one.
    package func publish(_ report: AttemptReport, payload: [UInt8] = [], _ persist: Persistence = patience) async throws(NodeFault) {
        do {
            let key = try layout.key(of: .report(index: index))
            var report = report
            if job != index { report.job = job }
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
