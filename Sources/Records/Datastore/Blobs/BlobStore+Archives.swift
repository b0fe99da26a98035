package import Digests
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that others find by their hash alone, such as wheels: kept by themselves and as they came, whatever their size.
extension BlobStore {
    /// The file of such a blob, if it is on this machine.
    ///
    /// - Parameter size: in bytes; a file of another size is damaged, and counts as absent.
    package func archive(_ digest: SHA256Digest, size: Int64?) -> (path: FilePath, size: Int64)? {
        // What is found is counted on.
        try? hold()
        let path = looseName(digest, .plain)
        var status = stat()
        guard stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let found = Int64(status.st_size)
        return size.map { $0 == found } ?? true ? (path, found) : nil
    }

    /// Keeps a file, which must not be changed any more: by a link where that can be, else by a copy.
    ///
    /// - Returns: the blob; if it was there with the size of the file, nothing is done.
    /// - Throws: `.damaged` for a file that has another digest.
    package func keepArchive(_ file: FilePath, _ digest: SHA256Digest) throws(DatastoreError) -> StoredBlob {
        try hold()
        let source = try openFile(file, openForReading)
        let size = try source.size()
        let blob = StoredBlob(digest: digest, size: size, codec: .plain, place: .loose)
        if archive(digest, size: size) != nil { return blob }
        var hasher = SHA256Hasher()
        try source.forEachPiece(size: size) { bytes, _ throws(DatastoreError) in hasher.update(bytes) }
        guard hasher.finalize() == digest else { throw damaged(blob, source, "does not have its digest") }
        if try !link(source, as: blob) {
            try publish(blob) { copy throws(DatastoreError) in
                try source.forEachPiece(size: size) { bytes, offset throws(DatastoreError) in
                    try copy.write(bytes, at: offset)
                }
            }
        }
        return blob
    }

    /// Gives the very file that was read a second name. `false` where that cannot be, as on another file system.
    private func link(_ source: OpenFile, as blob: StoredBlob) throws(DatastoreError) -> Bool {
        let name = looseName(blob.digest, .plain)
        try makeFolder(name.removingLastComponent())
        let draft = location.staging.appending("new-\(randomHex())")
        #if os(Linux)
        let isLinked =
            linkat(AT_FDCWD, "/proc/self/fd/\(source.descriptor)", AT_FDCWD, draft.string, AT_SYMLINK_FOLLOW) == 0
        #else
        let isLinked = Darwin.link(source.path.string, draft.string) == 0
        #endif
        guard isLinked else { return false }
        defer { unlink(draft.string) }
        _ = try calling("rename", name) { rename(draft.string, name.string) }
        return true
    }
}
