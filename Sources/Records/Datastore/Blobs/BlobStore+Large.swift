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
        // Not owned: the caller closes it, so this one is a duplicate.
        let duplicate = try calling("dup", location.staging) { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
        let source = OpenFile(owning: duplicate, path: location.staging.appending("(large artifact)"))
        let present = try source.size()
        guard size >= 0, present >= size else {
            throw DatastoreError(path: source.path.string, .shortInput(expected: size, present: present))
        }
        if size <= 1 << 20 { return try put(try source.read(count: Int(size), at: 0)) }
        let blob = try compresses(source, size: size)
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
        if present == size, try adopt(source, as: blob) { return blob }
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
            try linkUnnamed(source.descriptor, as: name, staging: location.staging, replacing: true)
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
        let new = try NewFile(in: location.staging)
        let file = new.file
        var hasher = SHA256Hasher()
        var end: Int64 = 0
        var failure: DatastoreError?
        let sink = { (bytes: UnsafeRawBufferPointer) throws(ArchiveFault) in
            do throws(DatastoreError) {
                try file.write(bytes, at: end)
                end += Int64(bytes.count)
            } catch {
                failure = error
                throw ArchiveFault.cancelled
            }
        }
        do {
            var encoder = try ZstdEncoder(level: 1, workers: options.compressionWorkers)
            try source.forEachPiece(size: size) { bytes, _ throws(DatastoreError) in
                // The encoder's threads go on while this one hashes.
                do throws(ArchiveFault) { try encoder.encode(bytes, into: sink) } catch {
                    throw failure ?? DatastoreError(path: source.path.string, .compression(error))
                }
                hasher.update(bytes)
            }
            try encoder.finish(into: sink)
        } catch let error as DatastoreError {
            throw error
        } catch let error as ArchiveFault {
            throw failure ?? DatastoreError(path: source.path.string, .compression(error))
        } catch {
            throw DatastoreError(path: source.path.string, .compression(.corruptData))
        }
        let digest = hasher.finalize()
        if let known = known(digest, size: size) { return known }
        let blob = StoredBlob(digest: digest, size: size, codec: .zstd, place: .loose)
        try publish(new, as: blob)
        return blob
    }
}

extension OpenFile {
    /// Lends the first `size` bytes piece by piece; a file that ends before is an error.
    ///
    /// It reads rather than maps: a mapped file that someone shortens would kill this process.
    func forEachPiece(
        size: Int64, _ body: (UnsafeRawBufferPointer, Int64) throws(DatastoreError) -> Void
    ) throws(DatastoreError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while offset < size {
            let wanted = min(Int64(buffer.count), size - offset)
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(wanted)])
            let count = try read(into: piece, at: offset)
            if count < piece.count {
                throw DatastoreError(
                    path: path.string, .shortInput(expected: size, present: offset + Int64(count)))
            }
            try body(UnsafeRawBufferPointer(piece), offset)
            offset += Int64(count)
        }
    }
}
