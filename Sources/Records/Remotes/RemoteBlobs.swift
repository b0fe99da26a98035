import Archives
package import Datastore
package import Diagnostics
import Digests
package import Ledger
package import ObjectStores
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Fetches the files of blobs that a remote has, when somebody wants them here. Packs come whole: what is wanted next often
/// stands in the same one.
package final class RemoteBlobs: BlobOrigin {
    private let ledger: RunLedger
    private let objects: any ObjectStore
    private let remote: LedgerRemote
    /// Objects that are under way, each with the callers that want it.
    private let turns = Mutex<[ObjectKey: (turn: Turn, callers: Int)]>([:])

    private final class Turn: Sendable {
        let lock = Mutex(())
    }

    package init(ledger: RunLedger, objects: any ObjectStore, remote: LedgerRemote) {
        self.ledger = ledger
        self.objects = objects
        self.remote = remote
    }

    package func fetch(_ blob: StoredBlob, into store: BlobStore) throws(DatastoreError) -> StoredBlob? {
        do {
            guard let there = try ledger.remoteBlobs([blob.digest], in: remote)[blob.digest] else { return nil }
            let key = try RemoteLayout.object(of: there)
            guard try inTurn(key, { try self.bring(there, key, into: store) }) else { return nil }
            if there.place != blob.place || there.codec != blob.codec { try ledger.moved(there) }
            return there
        } catch let error as DatastoreError {
            throw error
        } catch {
            let diagnostic = (error as? any DiagnosticError)?.diagnostic
            throw DatastoreError(
                path: store.location.root.string,
                .unreachable(blob.digest, diagnostic?.headline ?? "\(error)", help: diagnostic?.help))
        }
    }

    /// False when the remote does not have it either.
    private func bring(_ blob: StoredBlob, _ key: ObjectKey, into store: BlobStore) throws -> Bool {
        // Another thread may have brought it meanwhile.
        if store.isAtHand(blob) { return true }
        let objects = objects
        guard case .packed(let pack, _, _) = blob.place else { return try bringLoose(blob, key, into: store) }
        let content = try blocking { () async throws(ObjectStoreError) in try await objects.read(key) }
        guard let content else { return false }
        try store.keep(pack: pack, content)
        return true
    }

    private func bringLoose(_ blob: StoredBlob, _ key: ObjectKey, into store: BlobStore) throws -> Bool {
        let objects = objects
        var isThere = true
        do {
            try store.keep(loose: blob) { descriptor in
                let info = try blocking { () async throws(ObjectStoreError) in
                    try await objects.download(key, to: descriptor)
                }
                isThere = info != nil
                if !isThere { throw CancellationError() }
            }
        } catch is CancellationError where !isThere {
            return false
        }
        return true
    }

    /// Callers that want the same object wait for one another.
    private func inTurn<Value>(_ key: ObjectKey, _ body: () throws -> Value) throws -> Value {
        let turn = turns.withLock { turns in
            let entry = turns[key] ?? (Turn(), 0)
            turns[key] = (entry.turn, entry.callers + 1)
            return entry.turn
        }
        defer {
            turns.withLock { turns in
                guard let entry = turns[key] else { return }
                turns[key] = entry.callers > 1 ? (entry.turn, entry.callers - 1) : nil
            }
        }
        return try turn.lock.withLock { _ in try body() }
    }
}
