import Digests
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Blobs that have a file of their own.
extension BlobStore {
    /// `blobs/ab/<hex>`, or `<hex>.zst` for a compressed one.
    func looseName(_ digest: SHA256Digest, _ codec: BlobCodec) -> FilePath {
        let hex = digest.hex
        let folder = location.blobs.appending(String(hex.prefix(2)))
        return folder.appending(codec == .zstd ? hex + ".zst" : hex)
    }

    /// Finds a file of that digest. A plain one of another size is taken for damaged, and not found.
    func looseBlob(_ digest: SHA256Digest, size: Int64) -> StoredBlob? {
        if size <= options.packedUpTo { return nil }
        for codec in [BlobCodec.plain, .zstd] {
            var status = stat()
            guard stat(looseName(digest, codec).string, &status) == 0 else { continue }
            let isWhole = codec == .plain ? Int64(status.st_size) == size : status.st_size > 0
            if isWhole { return StoredBlob(digest: digest, size: size, codec: codec, place: .loose) }
        }
        return nil
    }

    /// Makes the file of a blob: `fill` writes it, then it gets its name.
    func publish(
        _ blob: StoredBlob, filling fill: (OpenFile) throws(DatastoreError) -> Void
    ) throws(DatastoreError) {
        let new = try newFile()
        try fill(new.file)
        try publish(new, as: blob)
    }

    /// Gives the file of a blob its name. What has that name already is damaged, or it would have been found before.
    func publish(_ new: consuming NewFile, as blob: StoredBlob) throws(DatastoreError) {
        let name = looseName(blob.digest, blob.codec)
        try makeFolder(name.removingLastComponent())
        _ = try calling("fchmod", name) { [descriptor = new.file.descriptor] in fchmod(descriptor, 0o444) }
        try new.publish(as: name)
    }
}
