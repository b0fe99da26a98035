import Archives
import Digests
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that holds the checked plain bytes of a blob from offset 0.
struct OpenBlob: Sendable {
    var file: OpenFile
    /// Plain bytes.
    var size: Int
}

/// Callers that want the same large blob, one after the other.
final class Flight: Sendable {
    let turn = Mutex(())
}

extension BlobStore.Shelf {
    fileprivate mutating func joinFlight(for digest: SHA256Digest) -> Flight {
        let entry = flights[digest] ?? (Flight(), 0)
        flights[digest] = (entry.flight, entry.callers + 1)
        return entry.flight
    }

    fileprivate mutating func leaveFlight(for digest: SHA256Digest) {
        guard let entry = flights[digest] else { return }
        flights[digest] = entry.callers > 1 ? (entry.flight, entry.callers - 1) : nil
    }
}

/// Handing blobs to other processes.
extension BlobStore {
    /// A read-only descriptor of a file that holds the plain bytes, checked, from offset 0, for the caller to close.
    ///
    /// It is the blob's own immutable file when that is not compressed, else a file without a name. Blobs that were
    /// asked for lately are neither unpacked nor checked again; each call gives a descriptor with a position of its own.
    package func openUnlinked(_ blob: StoredBlob) throws(DatastoreError) -> Int32 {
        if let open = shelf.withLock({ $0.openBlobs.value(for: blob.digest) }) { return try open.file.reopened() }
        // Tasks that start together often want the same one: the first unpacks it, the others wait.
        let flight = shelf.withLock { $0.joinFlight(for: blob.digest) }
        defer { shelf.withLock { $0.leaveFlight(for: blob.digest) } }
        let opened: Result<OpenBlob, DatastoreError> = flight.turn.withLock { _ in
            if let open = shelf.withLock({ $0.openBlobs.value(for: blob.digest) }) { return .success(open) }
            do throws(DatastoreError) {
                let file = try fetching(blob) { blob throws(DatastoreError) in try plainFile(of: blob) }
                let open = OpenBlob(file: file, size: Int(blob.size))
                shelf.withLock { $0.openBlobs.keep(open, for: blob.digest) }
                return .success(open)
            } catch {
                return .failure(error)
            }
        }
        return try opened.get().file.reopened()
    }

    private func plainFile(of blob: StoredBlob) throws(DatastoreError) -> OpenFile {
        switch (blob.place, blob.codec) {
        case (.loose, .plain):
            let file = try looseFile(of: blob)
            try check(file, holds: blob)
            return file
        case (.loose, .zstd):
            return try unpack(blob, from: try looseFile(of: blob))
        case (.packed, _):
            let content = try read(blob)
            let file = try newFile().file
            try file.write(content, at: 0)
            return file
        }
    }

    /// Whether a file holds a blob as it is stored, that is compressed where the blob is.
    func checkStored(_ file: OpenFile, of blob: StoredBlob) throws(DatastoreError) {
        switch blob.codec {
        case .plain: try check(file, holds: blob)
        case .zstd: _ = try unpack(blob, from: file)
        }
    }

    func check(_ file: OpenFile, holds blob: StoredBlob) throws(DatastoreError) {
        let size = try file.size()
        guard size == blob.size else { throw damaged(blob, file, "has \(size) bytes instead of \(blob.size)") }
        var hasher = SHA256Hasher()
        try file.forEachPiece(size: size) { bytes, _ throws(DatastoreError) in hasher.update(bytes) }
        guard hasher.finalize() == blob.digest else { throw damaged(blob, file, "does not have its digest") }
    }

    private func unpack(_ blob: StoredBlob, from stored: OpenFile) throws(DatastoreError) -> OpenFile {
        let plain = try newFile().file
        try unpack(blob, from: stored, to: plain)
        return plain
    }

    /// Writes the plain bytes of a compressed blob, and compares them with its digest.
    func unpack(_ blob: StoredBlob, from stored: OpenFile, to plain: OpenFile) throws(DatastoreError) {
        var hasher = SHA256Hasher()
        // Its own description, hence its own position, for the calls that read on from one.
        let input = try stored.reopened()
        defer { close(input) }
        let flow: Zstd.Flow
        do throws(ArchiveError) {
            flow = try Zstd.decompress(
                from: FileDescriptor(rawValue: input), to: FileDescriptor(rawValue: plain.descriptor),
                limit: Int(blob.size), name: stored.path.string, observing: { hasher.update($0) })
        } catch {
            if case .system(let operation, let code) = error.fault {
                throw DatastoreError(path: stored.path.string, .system(operation: operation, code: code))
            }
            throw damaged(blob, stored, "cannot be decompressed")
        }
        guard flow.bytesWritten == blob.size, hasher.finalize() == blob.digest else {
            throw damaged(blob, stored, "does not have its digest")
        }
    }
}
