package import Digests
import Archives
import Synchronization
import SystemPackage

/// How a store works; the defaults fit a project's folder.
package struct BlobStoreOptions: Sendable, Hashable {
    /// Stored bytes up to which a blob goes into a pack. Default: 64 KiB.
    package var packedUpTo: Int = 64 << 10
    /// Bytes after which a writer begins its next pack. Default: 1 GiB.
    package var packLimit: Int64 = 1 << 30
    /// Plain bytes of recently used blobs that are kept in memory. Default: 8 MiB.
    package var memory: Int = 8 << 20
    /// Plain bytes of blobs that are kept open and checked for the next reader, each counted as 128 MiB at least.
    /// Default: 4 GiB.
    package var openBytes: Int = 4 << 30
    /// Threads that compress a large blob. Default: 2.
    package var compressionWorkers: Int32 = 2
    /// Whether files may be made without a name (`O_TMPFILE`) where the system can. Default: yes.
    package var unnamedFiles = true

    package init() {}
}

/// Blobs by the SHA-256 of their bytes, in the store of one project.
///
/// Any number of threads and processes may put and read at once. Large blobs become files of their own, which appear
/// whole or not at all; small ones are appended to a pack of this process's own, so that a wide foreach makes no files.
/// All calls block.
package final class BlobStore: Sendable {
    package let location: StoreLocation
    let options: BlobStoreOptions
    let index: (any BlobIndex)?
    /// Where files come from that are missing here.
    let origin: (any BlobOrigin)?

    struct Shelf: Sendable {
        var packs: PackWriter
        var known = RecentValues<SHA256Digest, StoredBlob>(limit: 8192) { _ in 1 }
        var contents: RecentValues<SHA256Digest, [UInt8]>
        var openPacks = RecentValues<String, OpenFile>(limit: 64) { _ in 1 }
        /// Packs that were seen to be here.
        var presentPacks: Set<String> = []
        var openBlobs: RecentValues<SHA256Digest, OpenBlob>
        /// From the first blob that this process stores, or takes for stored.
        var hold: StoreHold?
        /// Large blobs that are being opened, with the number of those who wait for each.
        var flights: [SHA256Digest: (flight: Flight, callers: Int)] = [:]
    }

    // A lock rather than an actor: callers are blocking threads, and each holds it for one short append or look-up.
    let shelf: Mutex<Shelf>

    /// Opens the store and makes its folder where it is missing.
    ///
    /// - Parameters:
    ///   - index: blobs of earlier runs; without it, small ones are stored once for each process.
    ///   - origin: brings the files that the index knows of and that are not here.
    package init(
        _ location: StoreLocation, index: (any BlobIndex)? = nil, origin: (any BlobOrigin)? = nil,
        options: BlobStoreOptions = BlobStoreOptions()
    ) throws(DatastoreError) {
        self.location = location
        self.index = index
        self.origin = origin
        self.options = options
        shelf = Mutex(
            Shelf(
                packs: PackWriter(location: location, options: options),
                contents: RecentValues(limit: options.memory) { $0.count + 64 },
                openBlobs: RecentValues(limit: options.openBytes) { max($0.size, 128 << 20) }))
        try location.prepare()
        sweepStaging(location.staging)
    }

    /// A file to be filled and published, or to be forgotten.
    func newFile() throws(DatastoreError) -> NewFile {
        try NewFile(in: location.staging, unnamed: options.unnamedFiles)
    }

    /// Stores bytes; those that are there already are not stored again.
    package func put(_ content: [UInt8]) throws(DatastoreError) -> StoredBlob {
        try hold()
        let digest = SHA256Digest(hashing: content)
        if let known = known(digest, size: Int64(content.count)) { return known }
        return try store(content, as: digest)
    }

    /// Stores bytes, whatever is known of them.
    func store(_ content: [UInt8], as digest: SHA256Digest) throws(DatastoreError) -> StoredBlob {
        let (codec, payload) = Self.encode(content)
        let blob: StoredBlob
        if payload.count <= options.packedUpTo {
            let record = PackRecord(
                codec: codec, size: Int64(content.count), storedSize: Int64(payload.count), digest: digest)
            let place = try locked { shelf throws(DatastoreError) in
                let place = try shelf.packs.append(record, payload: payload)
                if case .packed(let pack, _, _) = place { shelf.presentPacks.insert(pack) }
                return place
            }
            blob = StoredBlob(digest: digest, size: Int64(content.count), codec: codec, place: place)
        } else {
            blob = StoredBlob(digest: digest, size: Int64(content.count), codec: codec, place: .loose)
            try publish(blob) { file throws(DatastoreError) in try file.write(payload, at: 0) }
        }
        shelf.withLock { shelf in
            shelf.known.keep(blob, for: digest)
            shelf.contents.keep(content, for: digest)
        }
        return blob
    }

    /// The blob of that digest, if this process used it lately or the index knows it. Cheaper than asking the ledger,
    /// and no entry has to be committed for it.
    package func blob(of digest: SHA256Digest) -> StoredBlob? {
        // Where nothing can be locked nothing can be stored either, and that will be told.
        try? hold()
        if let blob = shelf.withLock({ $0.known.value(for: digest) }) { return blob }
        guard let blob = index?.storedBlob(of: digest) else { return nil }
        shelf.withLock { $0.known.keep(blob, for: digest) }
        return blob
    }

    /// Takes note of a blob that somebody else has stored where the origin finds it.
    package func note(_ blob: StoredBlob) {
        shelf.withLock { $0.known.keep(blob, for: blob.digest) }
    }

    /// The blob of that digest, where this process or the index knows it or it has a file of its own. One whose file is
    /// elsewhere only is not known: what is put is here.
    func known(_ digest: SHA256Digest, size: Int64) -> StoredBlob? {
        if let blob = blob(of: digest), blob.size == size, isAtHand(blob) { return blob }
        guard let blob = looseBlob(digest, size: size) else { return nil }
        shelf.withLock { $0.known.keep(blob, for: digest) }
        return blob
    }

    /// Keeps others from removing blobs, from now until this process ends.
    func hold() throws(DatastoreError) {
        try locked { shelf throws(DatastoreError) in
            if shelf.hold == nil { shelf.hold = try StoreHold.shared(location) }
        }
    }

    /// Compresses what gets smaller by it.
    private static func encode(_ content: [UInt8]) -> (BlobCodec, [UInt8]) {
        // Below this, the frame costs more than it saves.
        if content.count < 64 { return (.plain, content) }
        let level: Int32 = content.count > 1 << 20 ? 1 : Zstd.defaultLevel
        let compressed = Zstd.compress(content, level: level)
        return compressed.count < content.count - content.count / 16 ? (.zstd, compressed) : (.plain, content)
    }

    /// Runs `body` under the lock and keeps the type of its error.
    func locked<Value: Sendable>(
        _ body: (inout Shelf) throws(DatastoreError) -> Value
    ) throws(DatastoreError) -> Value {
        let result: Result<Value, DatastoreError> = shelf.withLock { shelf in
            do throws(DatastoreError) { return .success(try body(&shelf)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
