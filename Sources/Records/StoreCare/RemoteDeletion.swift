package import Ledger
package import ObjectStores
import Remotes

/// Takes the records and logs of runs out of a remote datastore.
package struct RemoteDeletion: Sendable {
    private let objects: any ObjectStore

    package init(objects: any ObjectStore) {
        self.objects = objects
    }

    /// Deletes a run: its newest record first, so that what is left of a deletion that was interrupted is a run still.
    package func delete(_ run: RunKey) async throws(ObjectStoreError) {
        for prefix in [RemoteLayout.logs(of: run), RemoteLayout.records(of: run)] {
            let keys = try await objects.all(prefix).map(\.key)
            for start in stride(from: keys.count, to: 0, by: -1000) {
                try await objects.remove(Array(keys[max(0, start - 1000)..<start].reversed()))
            }
        }
    }
}
