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

/// Blobs that come in a file.
extension BlobStore {
    /// Stores the first `size` bytes of a file, from offset 0.
    ///
    /// An unnamed file (`O_TMPFILE`) of the store's own file system whose bytes do not compress becomes the blob
    /// itself, without a copy: nobody may write to it any more. Memory does not grow with the size; hashing and
    /// compressing overlap.
    package func put(contentsOf descriptor: Int32, size: Int64) throws(DatastoreError) -> StoredBlob {
        try hold()
        // Not owned: the caller closes it, so this one is a duplicate.
        let duplicate = try calling("dup", location.staging) { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
        let source = OpenFile(owning: duplicate, path: location.staging.appending("(large artifact)"))
        let present = try source.size()
        guard size >= 0, present >= size else {
            throw DatastoreError(path: source.path.string, .shortInput(expected: size, present: present))
        }
        if size <= 1 << 20 { return try put(try source.read(count: Int(size), at: 0)) }
        // Compressing takes the whole file.
        let isCompressed = present == size ? try compresses(source, size: size) : false
        let blob = isCompressed
            ? try putCompressing(source, size: size) : try putPlain(source, size: size, present: present)
        shelf.withLock { $0.known.keep(blob, for: blob.digest) }
        return blob
    }

    /// Tries some pieces, since compressing what does not shrink costs seconds a gigabyte.
    private func compresses(_ source: OpenFile, size: Int64) throws(DatastoreError) -> Bool {
        let pieces: Int64 = 8
        let length = 32 << 10
        var plain = 0
        var compressed = 0
        for piece in 0..<pieces {
            let bytes = try source.read(count: length, at: (size - Int64(length)) / (pieces - 1) * piece)
            plain += bytes.count
            compressed += Zstd.compress(bytes, level: 1).count
        }
        return compressed < plain - plain / 8
    }

    private func putPlain(_ source: OpenFile, size: Int64, present: Int64) throws(DatastoreError) -> StoredBlob {
        let digest = try hash(source, size: size)
        if let known = known(digest, size: size) { return known }
        let blob = StoredBlob(digest: digest, size: size, codec: .plain, place: .loose)
        if present == size, try adopt(source, as: blob) {
            // Hashed a moment ago: the next reader need not check it again.
            let open = OpenBlob(file: source, size: Int(size))
            shelf.withLock { $0.openBlobs.keep(open, for: digest) }
            return blob
        }
        try publish(blob) { file throws(DatastoreError) in
            try source.forEachPiece(size: size) { bytes, offset throws(DatastoreError) in
                try file.write(bytes, at: offset)
            }
        }
        return blob
    }

    private func hash(_ source: OpenFile, size: Int64) throws(DatastoreError) -> SHA256Digest {
        var hasher = SHA256Hasher()
        try source.forEachPiece(size: size) { bytes, _ throws(DatastoreError) in hasher.update(bytes) }
        return hasher.finalize()
    }

    /// Gives the source itself the blob's name, where that can be.
    private func adopt(_ source: OpenFile, as blob: StoredBlob) throws(DatastoreError) -> Bool {
        #if os(Linux)
        var status = stat()
        _ = try calling("fstat", source.path) { fstat(source.descriptor, &status) }
        guard status.st_nlink == 0, status.st_uid == geteuid() else { return false }
        let name = looseName(blob.digest, blob.codec)
        try makeFolder(name.removingLastComponent())
        do throws(DatastoreError) {
            try linkUnnamed(source.descriptor, as: name, staging: location.staging)
        } catch {
            // Another file system, or a file that was unlinked rather than never named.
            return false
        }
        _ = fchmod(source.descriptor, 0o444)
        return true
        #else
        return false
        #endif
    }

    private func putCompressing(_ source: OpenFile, size: Int64) throws(DatastoreError) -> StoredBlob {
        let new = try newFile()
        let input = try source.reopened()
        defer { close(input) }
        var hasher = SHA256Hasher()
        let flow: Zstd.Flow
        do throws(ArchiveError) {
            // The encoder's threads go on while this one hashes.
            flow = try Zstd.compress(
                from: FileDescriptor(rawValue: input), to: FileDescriptor(rawValue: new.file.descriptor), level: 1,
                workers: options.compressionWorkers, name: source.path.string, observing: { hasher.update($0) })
        } catch {
            throw DatastoreError(compressing: source.path, error)
        }
        guard flow.bytesRead == size else {
            throw DatastoreError(path: source.path.string, .shortInput(expected: size, present: flow.bytesRead))
        }
        let digest = hasher.finalize()
        if let known = known(digest, size: size) { return known }
        let blob = StoredBlob(digest: digest, size: size, codec: .zstd, place: .loose)
        try publish(new, as: blob)
        return blob
    }
}

extension DatastoreError {
    fileprivate init(compressing path: FilePath, _ error: ArchiveError) {
        if case .system(let operation, let code) = error.fault {
            self.init(path: path.string, .system(operation: operation, code: code))
        } else {
            self.init(path: path.string, .compression(error.fault))
        }
    }
}
