package import Digests
import Synchronization
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Blobs whose files are elsewhere until somebody wants them.
extension BlobStore {
    /// Whether the file that holds a blob is here. A pack that was seen once counts as here.
    package func isAtHand(_ blob: StoredBlob) -> Bool {
        switch blob.place {
        case .loose: return access(looseName(blob.digest, blob.codec).string, F_OK) == 0
        case .packed(let pack, _, _):
            if shelf.withLock({ $0.presentPacks.contains(pack) }) { return true }
            guard let path = packPath(pack), access(path.string, F_OK) == 0 else { return false }
            shelf.withLock { _ = $0.presentPacks.insert(pack) }
            return true
        }
    }

    /// Does something with a blob; where its file is missing, fetches it and tries again.
    func fetching<Value>(
        _ blob: StoredBlob, _ body: (StoredBlob) throws(DatastoreError) -> Value
    ) throws(DatastoreError) -> Value {
        do throws(DatastoreError) {
            return try body(blob)
        } catch {
            guard case .missing = error.fault else { throw error }
            // A collection may have moved it since its place was looked up.
            if let now = index?.storedBlob(of: blob.digest), now != blob { return try body(now) }
            guard let origin else { throw error }
            guard let fetched = try origin.fetch(blob, into: self) else { throw error }
            shelf.withLock { $0.known.keep(fetched, for: fetched.digest) }
            return try body(fetched)
        }
    }

    /// Where a pack of that name would be; `nil` for what is no file name.
    package func packPath(_ name: String) -> FilePath? {
        guard let component = FilePath.Component(name), component.kind == .regular else { return nil }
        return location.packs.appending(component)
    }

    /// Keeps a whole pack that was fetched. What stands in it is checked when it is read.
    package func keep(pack name: String, _ content: [UInt8]) throws(DatastoreError) {
        guard let path = packPath(name) else { throw DatastoreError(path: location.packs.string, .unusableName(name)) }
        try makeFolder(location.packs)
        let new = try newFile()
        try new.file.write(content, at: 0)
        try new.publish(as: path)
        shelf.withLock { _ = $0.presentPacks.insert(name) }
    }

    /// Keeps a loose blob that was fetched, if it has the digest.
    ///
    /// - Parameter fill: writes the file as it is stored, that is compressed where the blob is.
    package func keep(loose blob: StoredBlob, filling fill: (Int32) throws -> Void) throws {
        let new = try newFile()
        let file = new.file
        try fill(file.descriptor)
        try checkStored(file, of: blob)
        try publish(new, as: blob)
    }
}
