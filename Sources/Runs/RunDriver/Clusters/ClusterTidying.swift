package import Ledger
import Nodes
package import ObjectStores

/// Removes what a run and its nodes have told each other, once all of it is recorded.
package enum ClusterTidying {
    package static func tidy(_ run: RunKey, in objects: any ObjectStore) async throws(ObjectStoreError) {
        let all = try await objects.all(NodeLayout.prefix(flow: run.flow, run: run.run))
        // Orders go last: a job that comes late reads them first, and finds that there is nothing for it.
        let keys = all.map(\.key)
        try await objects.remove(keys.filter { !$0.text.hasSuffix("/orders") })
        try await objects.remove(keys.filter { $0.text.hasSuffix("/orders") })
    }
}
