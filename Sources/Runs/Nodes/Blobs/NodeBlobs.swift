import Archives
package import Datastore
package import Digests
package import ObjectStores
import PackageSources
import Remotes
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The inputs of a task, read from the datastore when it wants them. No ledger tells where they are: the order does.
///
/// Small ones are read anew by each task. Large ones go into the node's cache, as files of their own: of tasks that want the
/// same one, the first fetches it and the others wait.
package final class NodeBlobs: Sendable {
    private let objects: any ObjectStore
    private let known: [SHA256Digest: StoredBlob]
    private let cache: NodeCache
    private let persist: Persistence
    private let store = Mutex<BlobStore?>(nil)

    package init(_ blobs: [StoredBlob], in objects: any ObjectStore, cache: NodeCache, _ persist: Persistence = NodeJob.patience) {
        self.objects = objects
        self.cache = cache
        self.persist = persist
        known = Dictionary(blobs.map { ($0.digest, $0) }) { first, _ in first }
    }

    /// What the order says of a digest.
    package func blob(_ digest: SHA256Digest) -> StoredBlob? { known[digest] }

    /// The plain bytes of a blob, checked.
    package func read(_ blob: StoredBlob) async throws -> [UInt8] {
        let bytes = try await stored(blob)
        guard blob.size >= 0, blob.size <= Int64(Int.max) else { throw NodeFault.damaged(blob.digest, store: objects.address) }
        let plain = blob.codec == .zstd ? try Zstd.decompress(bytes, limit: Int(blob.size), name: "the blob \(blob.digest)") : bytes
        guard plain.count == blob.size, SHA256Digest(hashing: plain) == blob.digest else {
            throw NodeFault.damaged(blob.digest, store: objects.address)
        }
        return plain
    }

    /// A descriptor of a file that holds the plain bytes, checked, for the caller to close. Blocks.
    package func open(_ blob: StoredBlob) throws -> Int32 { try openStore().openUnlinked(Self.here(blob)) }

    private func openStore() throws(DatastoreError) -> BlobStore {
        let opened: Result<BlobStore, DatastoreError> = store.withLock { store in
            if let store { return .success(store) }
            do throws(DatastoreError) {
                let made = try BlobStore(cache.blobs, index: self, origin: self)
                store = made
                return .success(made)
            } catch { return .failure(error) }
        }
        return try opened.get()
    }

    /// The bytes of a blob as the datastore keeps them.
    private func stored(_ blob: StoredBlob) async throws -> [UInt8] {
        let key = try RemoteLayout.object(of: blob)
        var range: Range<Int64>?
        if case .packed(_, let offset, let length) = blob.place {
            guard offset >= 0, length >= 0, offset < 1 << 48, length < 1 << 48 else {
                throw NodeFault.damaged(blob.digest, store: objects.address)
            }
            let start = offset + blob.bytesInPack - length
            range = start..<start + length
        }
        let objects = objects
        let bytes = try await persist { [range] () async throws(ObjectStoreError) in try await objects.read(key, range: range) }
        guard let bytes else { throw NodeFault.lost(blob.digest, store: objects.address) }
        return bytes
    }

    /// A blob as this node keeps it.
    private static func here(_ blob: StoredBlob) -> StoredBlob {
        StoredBlob(digest: blob.digest, size: blob.size, codec: blob.codec, place: .loose)
    }
}

extension NodeBlobs: BlobIndex, BlobOrigin {
    package func storedBlob(of digest: SHA256Digest) -> StoredBlob? { known[digest].map(Self.here) }

    package func fetch(_ blob: StoredBlob, into store: BlobStore) throws(DatastoreError) -> StoredBlob? {
        guard let there = known[blob.digest] else { return nil }
        do {
            let locks = cache.packages
            let lock = try blocking { () async throws(PackageSourceError) in try await locks.lock("blob \(blob.digest)") }
            defer { lock.release() }
            let here = Self.here(there)
            if !store.isAtHand(here) { try store.keep(loose: here) { try bring(there, to: $0) } }
            return here
        } catch let error as DatastoreError {
            throw error
        } catch {
            let diagnostic = FailureText(error)
            throw DatastoreError(
                path: store.location.root.string, .unreachable(blob.digest, diagnostic.headline, help: diagnostic.help))
        }
    }

    private func bring(_ blob: StoredBlob, to descriptor: Int32) throws {
        if case .packed = blob.place {
            let bytes = try blocking { try await self.stored(blob) }
            try FileDescriptor(rawValue: descriptor).writeAll(toAbsoluteOffset: 0, bytes)
            return
        }
        let (objects, persist) = (objects, persist)
        let key = try RemoteLayout.object(of: blob)
        let info = try blocking { () async throws(ObjectStoreError) in
            try await persist { () async throws(ObjectStoreError) in try await objects.download(key, to: descriptor) }
        }
        if info == nil { throw NodeFault.lost(blob.digest, store: objects.address) }
    }
}
