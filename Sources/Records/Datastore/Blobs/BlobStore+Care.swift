import Archives
import Digests
import Synchronization
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Checking what is stored, and moving it.
extension BlobStore {
    /// Reads a blob from the disk and compares it with its digest. Memory does not grow with the size of large ones, and nothing is
    /// taken from what was read before.
    ///
    /// - Throws: `.missing` or `.damaged`, as reading does.
    package func verify(_ blob: StoredBlob) throws(DatastoreError) {
        switch (blob.place, blob.codec) {
        case (.packed, _):
            let (file, payload) = try storedBytes(of: blob)
            try verify(try decode(payload, of: blob, from: file), is: blob, file)
        case (.loose, .plain):
            try check(try looseFile(of: blob), holds: blob)
        case (.loose, .zstd):
            let file = try looseFile(of: blob)
            guard blob.size > 8 << 20 else {
                let content = try decode(try file.read(count: Int(try file.size()), at: 0), of: blob, from: file)
                return try verify(content, is: blob, file)
            }
            let nowhere = try openFile("/dev/null", O_WRONLY)
            try unpack(blob, from: file, to: nowhere)
        }
    }

    private func verify(_ content: [UInt8], is blob: StoredBlob, _ file: OpenFile) throws(DatastoreError) {
        guard Int64(content.count) == blob.size else {
            throw damaged(blob, file, "has \(content.count) bytes instead of \(blob.size)")
        }
        guard SHA256Digest(hashing: content) == blob.digest else { throw damaged(blob, file, "does not have its digest") }
    }

    /// Copies blobs out of packs into a new one, as they are written. When this returns, the disk has them.
    ///
    /// - Returns: the same blobs with their new places. One that is damaged is an error, and nothing was moved then.
    package func copyIntoNewPack(_ blobs: [StoredBlob]) throws(DatastoreError) -> [StoredBlob] {
        var packs = PackWriter(location: location, options: options)
        var moved: [StoredBlob] = []
        for blob in blobs {
            let (file, payload) = try storedBytes(of: blob)
            try verify(try decode(payload, of: blob, from: file), is: blob, file)
            let record = PackRecord(
                codec: blob.codec, size: blob.size, storedSize: Int64(payload.count), digest: blob.digest)
            var copy = blob
            copy.place = try packs.append(record, payload: payload)
            moved.append(copy)
        }
        try packs.flush()
        return moved
    }
}
