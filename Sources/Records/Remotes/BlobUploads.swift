import Archives
import Datastore
import Digests
import Ledger
import ObjectStores
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Brings blobs into a remote: large ones each by itself, small ones gathered into packs. What is there is not sent again,
/// and what was sent is noted at once, so that a later try goes on from there.
struct BlobUploads: Sendable {
    let ledger: RunLedger
    let blobs: BlobStore
    let objects: any ObjectStore
    let remote: LedgerRemote
    /// What was seen in the remote since this process began.
    let seen: SeenObjects
    /// Hears of each blob that was sent.
    var sent: @Sendable (StoredBlob) -> Void = { _ in }

    /// How many are sent at a time.
    private static let width = 8
    /// How many are asked about at a time.
    private static let questions = 32
    /// Stored bytes of small blobs in one pack. One that is wanted brings all of its pack along.
    private static let packSize: Int64 = 4 << 20

    /// Sends what the remote lacks.
    ///
    /// - Parameter wanted: where the blobs are here.
    /// - Returns: where all of them are in the remote.
    func send(_ wanted: [SHA256Digest: StoredBlob]) async throws -> [StoredBlob] {
        let known = try await BlockingWork.run { [ledger, remote] () throws(LedgerError) in
            try ledger.remoteBlobs(wanted.keys, in: remote)
        }
        let there = try await stillThere(known)
        var parcels: [Parcel] = []
        var gathered: [StoredBlob] = []
        var size: Int64 = 0
        for blob in wanted.values.sorted(by: { $0.digest < $1.digest }) where there[blob.digest] == nil {
            guard case .packed(_, _, let length) = blob.place else {
                parcels.append(.loose(blob))
                continue
            }
            if size + length > Self.packSize, !gathered.isEmpty {
                parcels.append(.pack(gathered))
                (gathered, size) = ([], 0)
            }
            gathered.append(blob)
            size += length
        }
        if !gathered.isEmpty { parcels.append(.pack(gathered)) }
        return try await Array(there.values) + send(parcels)
    }

    private enum Parcel: Sendable {
        case loose(StoredBlob)
        case pack([StoredBlob])
    }

    private func send(_ parcels: [Parcel]) async throws -> [StoredBlob] {
        try await withThrowingTaskGroup(of: [StoredBlob].self) { group in
            var rest = parcels[...]
            var sent: [StoredBlob] = []
            for parcel in rest.prefix(Self.width) { group.addTask { try await send(parcel) } }
            rest = rest.dropFirst(Self.width)
            while let done = try await group.next() {
                sent += done
                if let parcel = rest.popFirst() { group.addTask { try await send(parcel) } }
            }
            return sent
        }
    }

    private func send(_ parcel: Parcel) async throws -> [StoredBlob] {
        let sent =
            switch parcel {
            case .loose(let blob): [try await send(loose: blob)]
            case .pack(let blobs): try await send(pack: blobs)
            }
        try await BlockingWork.run { [ledger, remote] () throws(LedgerError) in try ledger.uploaded(sent, to: remote) }
        return sent
    }

    private func send(loose blob: StoredBlob) async throws -> StoredBlob {
        let key = try RemoteLayout.blob(blob.digest, blob.codec)
        let (descriptor, size) = try await BlockingWork.run { [blobs] () throws(DatastoreError) in
            try blobs.openStored(blob)
        }
        defer { close(descriptor) }
        // Somebody else may have put the same bytes there.
        if try await objects.info(of: key)?.size != size {
            _ = try await objects.upload(0..<size, of: descriptor, as: key, .always)
            sent(blob)
        }
        seen.note(key)
        return blob
    }

    private func send(pack members: [StoredBlob]) async throws -> [StoredBlob] {
        let name = PackName.new()
        let (bytes, sent) = try await BlockingWork.run { [blobs] () throws(DatastoreError) in
            var bytes: [UInt8] = []
            var sent: [StoredBlob] = []
            for blob in members {
                let record = try blobs.packRecord(of: blob)
                guard case .packed(_, _, let length) = blob.place else { continue }
                var placed = blob
                placed.place = .packed(pack: name, offset: Int64(bytes.count), length: length)
                bytes += record
                sent.append(placed)
            }
            return (bytes, sent)
        }
        let key = try RemoteLayout.pack(name)
        _ = try await objects.put(bytes, as: key, .always)
        seen.note(key)
        return sent
    }

    /// Of blobs that are kept by themselves and plain, those that are there with the size that they have to have.
    func archives(_ wanted: [SHA256Digest: Int64?]) async throws -> [SHA256Digest: StoredBlob] {
        let found = try await Self.each(Array(wanted)) { [seen, objects] (digest, size) -> StoredBlob? in
            let key = try RemoteLayout.blob(digest, .plain)
            guard let info = try await objects.info(of: key), info.size == size ?? info.size else { return nil }
            seen.note(key)
            return StoredBlob(digest: digest, size: info.size, codec: .plain, place: .loose)
        }
        try await BlockingWork.run { [ledger, remote] () throws(LedgerError) in try ledger.uploaded(found, to: remote) }
        return Dictionary(found.map { ($0.digest, $0) }) { first, _ in first }
    }

    /// Asks about many things, several at a time; keeps the answers.
    private static func each<Item: Sendable, Answer: Sendable>(
        _ items: [Item], _ ask: @escaping @Sendable (Item) async throws -> Answer?
    ) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            var rest = items[...]
            var answers: [Answer] = []
            for item in rest.prefix(questions) { group.addTask { try await ask(item) } }
            rest = rest.dropFirst(questions)
            while let answer = try await group.next() {
                if let answer { answers.append(answer) }
                if let item = rest.popFirst() { group.addTask { try await ask(item) } }
            }
            return answers
        }
    }

    /// Of the blobs that the ledger believes to be in the remote, those that still are: someone may have tidied up there.
    private func stillThere(_ known: [SHA256Digest: StoredBlob]) async throws -> [SHA256Digest: StoredBlob] {
        let keys = Set(try known.values.map { blob throws in try RemoteLayout.object(of: blob) })
        let found = Set(
            try await Self.each(Array(keys)) { [seen, objects] key in
                try await seen.isThere(key, in: objects) ? key : nil
            })
        let there = try known.filter { _, blob in found.contains(try RemoteLayout.object(of: blob)) }
        let lost = known.keys.filter { there[$0] == nil }
        if !lost.isEmpty {
            try await BlockingWork.run { [ledger, remote] () throws(LedgerError) in
                try ledger.forgetRemoteBlobs(lost, in: remote)
            }
        }
        return there
    }
}

/// Objects that were seen in a remote, so that each is asked for once.
package final class SeenObjects: Sendable {
    private let keys = Mutex<Set<ObjectKey>>([])

    package init() {}

    func note(_ key: ObjectKey) {
        keys.withLock { _ = $0.insert(key) }
    }

    func isThere(_ key: ObjectKey, in objects: any ObjectStore) async throws(ObjectStoreError) -> Bool {
        if keys.withLock({ $0.contains(key) }) { return true }
        guard try await objects.info(of: key) != nil else { return false }
        note(key)
        return true
    }
}
