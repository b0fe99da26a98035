import Archives
import Digests
import Synchronization
import SystemPackage

/// Getting bytes back. Whatever does not have its digest is an error that names the file.
extension BlobStore {
    /// The plain bytes of a blob, checked against its digest.
    package func read(_ blob: StoredBlob) throws(DatastoreError) -> [UInt8] {
        if let content = shelf.withLock({ $0.contents.value(for: blob.digest) }) { return content }
        return try fetching(blob) { blob throws(DatastoreError) in try readHere(blob) }
    }

    private func readHere(_ blob: StoredBlob) throws(DatastoreError) -> [UInt8] {
        let (file, payload) = try storedBytes(of: blob)
        let content = try decode(payload, of: blob, from: file)
        guard Int64(content.count) == blob.size else {
            throw damaged(blob, file, "has \(content.count) bytes instead of \(blob.size)")
        }
        guard SHA256Digest(hashing: content) == blob.digest else {
            throw damaged(blob, file, "does not have its digest")
        }
        shelf.withLock { $0.contents.keep(content, for: blob.digest) }
        return content
    }

    /// The record of a packed blob as it stands in its pack, checked: its header and the stored bytes.
    ///
    /// - Parameter blob: in a pack.
    package func packRecord(of blob: StoredBlob) throws(DatastoreError) -> [UInt8] {
        let (file, payload) = try storedBytes(of: blob)
        guard SHA256Digest(hashing: try decode(payload, of: blob, from: file)) == blob.digest else {
            throw damaged(blob, file, "does not have its digest")
        }
        return PackRecord(codec: blob.codec, size: blob.size, storedSize: Int64(payload.count), digest: blob.digest)
            .bytes(with: payload)
    }

    /// The file of a loose blob as it is stored, for the caller to close, with its size in bytes.
    package func openStored(_ blob: StoredBlob) throws(DatastoreError) -> (descriptor: Int32, size: Int64) {
        let file = try looseFile(of: blob)
        let size = try file.size()
        guard blob.codec == .zstd || size == blob.size else {
            throw damaged(blob, file, "has \(size) bytes instead of \(blob.size)")
        }
        return (try file.reopened(), size)
    }

    func storedBytes(of blob: StoredBlob) throws(DatastoreError) -> (OpenFile, [UInt8]) {
        switch blob.place {
        case .loose:
            let file = try looseFile(of: blob)
            let size = try file.size()
            return (file, try file.read(count: Int(size), at: 0))
        case .packed(let pack, let offset, let length):
            let file = try packFile(pack, for: blob)
            return (file, try payload(of: blob, in: file, at: offset, length: length))
        }
    }

    private func payload(
        of blob: StoredBlob, in file: OpenFile, at offset: Int64, length: Int64
    ) throws(DatastoreError) -> [UInt8] {
        let end = try file.size()
        // The place is believed no further than the file reaches; nothing here can overflow.
        let room = end - Int64(PackRecord.headerSize)
        guard offset >= 0, length >= 0, length <= room, offset <= room - length else {
            throw damaged(blob, file, "is cut off: the file ends at byte \(end)")
        }
        let total = Int64(PackRecord.headerSize) + length
        let bytes = try file.read(count: Int(total), at: offset)
        let expected = PackRecord(codec: blob.codec, size: blob.size, storedSize: length, digest: blob.digest)
        guard PackRecord(header: bytes.prefix(PackRecord.headerSize)) == expected else {
            throw damaged(blob, file, "has no record of its own at byte \(offset)")
        }
        return Array(bytes.dropFirst(PackRecord.headerSize))
    }

    func decode(
        _ payload: [UInt8], of blob: StoredBlob, from file: OpenFile
    ) throws(DatastoreError) -> [UInt8] {
        switch blob.codec {
        case .plain: return payload
        case .zstd:
            do throws(ArchiveError) {
                return try Zstd.decompress(payload, limit: Int(blob.size), name: file.path.string)
            } catch {
                throw damaged(blob, file, "cannot be decompressed")
            }
        }
    }

    func looseFile(of blob: StoredBlob) throws(DatastoreError) -> OpenFile {
        try existing(looseName(blob.digest, blob.codec), for: blob)
    }

    private func packFile(_ name: String, for blob: StoredBlob) throws(DatastoreError) -> OpenFile {
        if let file = shelf.withLock({ $0.openPacks.value(for: name) }) { return file }
        guard let component = FilePath.Component(name), component.kind == .regular else {
            throw DatastoreError(path: location.packs.string, .missing(blob.digest))
        }
        let file = try existing(location.packs.appending(component), for: blob)
        shelf.withLock { shelf in
            shelf.openPacks.keep(file, for: name)
            shelf.presentPacks.insert(name)
        }
        return file
    }

    private func existing(_ path: FilePath, for blob: StoredBlob) throws(DatastoreError) -> OpenFile {
        do throws(DatastoreError) {
            return try openFile(path, openForReading)
        } catch {
            guard case .system(_, noSuchFile) = error.fault else { throw error }
            throw DatastoreError(path: path.string, .missing(blob.digest))
        }
    }

    func damaged(_ blob: StoredBlob, _ file: OpenFile, _ how: String) -> DatastoreError {
        DatastoreError(path: file.path.string, .damaged(blob.digest, how))
    }
}
