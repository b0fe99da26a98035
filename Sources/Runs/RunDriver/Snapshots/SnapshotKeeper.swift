import Archives
package import Datastore
package import Diagnostics
import Digests
import Environments
import Interpreters
package import Ledger
import Lockfiles
package import PackageSources
import PythonPackaging
package import Remotes
import Synchronization
import SystemPackage

/// Puts the packages of a run's environments into its datastore, before the run starts.
///
/// What is there is not put there again: with everything in place, keeping a lock costs a look at each file.
package struct SnapshotKeeper: Sendable {
    private let store: BlobStore
    let source: SnapshotSource
    private let cache: CacheDirectory
    /// Brings what is kept into the remote datastore, if there is one.
    private let publisher: RemotePublisher?
    /// Whether all targets of a lock count, and not this machine alone.
    let coversAllTargets: Bool
    private let progress: ProgressSink

    /// Files that are fetched and stored at a time.
    private static let width = 24

    package init(
        store: BlobStore, source: SnapshotSource, cache: CacheDirectory, publisher: RemotePublisher? = nil,
        coversAllTargets: Bool = false, progress: @escaping ProgressSink = { _ in }
    ) {
        self.publisher = publisher
        self.coversAllTargets = coversAllTargets
        self.progress = progress
        self.store = store
        self.source = source
        self.cache = cache
    }

    /// Keeps what the environment of a lock is made of. Projects in folders of this machine are left out: their wheels are in
    /// the code package.
    ///
    /// - Parameters:
    ///   - folder: the folder that paths in the lock are relative to.
    ///   - openClient: makes the client of the index; called when a file is nowhere on this machine.
    /// - Returns: what the run has to record.
    func keep(
        _ lock: PyLock, on interpreter: Interpreter, relativeTo folder: FilePath, of environments: EnvironmentStore,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws -> [SnapshotEntry] {
        let parts = try environments.parts(of: lock, interpreter: interpreter, relativeTo: folder)
        let ours = try await each(parts) { part in try await keep(part, on: interpreter, folder, openClient) }
        guard coversAllTargets else { return ours }
        let known = Set(ours.map(\.blob.digest))
        let others = try LockedFiles(lock, besides: interpreter.target, in: folder).files.filter { !known.contains($0.sha256) }
        return try await ours + each(others) { file in
            [try await keep(file, as: file.name.hasSuffix(".whl") ? .wheel : .sources, openClient)]
        }
    }

    /// Keeps many, several at a time; what comes of them is in their order.
    func each<Item: Sendable>(
        _ items: [Item], _ keep: @escaping @Sendable (Item) async throws -> [SnapshotEntry]
    ) async throws -> [SnapshotEntry] {
        try await withThrowingTaskGroup(of: (Int, [SnapshotEntry]).self) { group in
            var waiting = items.enumerated().makeIterator()
            func startNext() {
                guard let (index, item) = waiting.next() else { return }
                group.addTask { (index, try await keep(item)) }
            }
            for _ in 0..<Self.width { startNext() }
            var kept: [Int: [SnapshotEntry]] = [:]
            for try await (index, entries) in group {
                kept[index] = entries
                startNext()
            }
            return items.indices.flatMap { kept[$0] ?? [] }
        }
    }

    /// Brings what was kept into the remote datastore, if there is one. When this returns, all of it is there.
    package func publish(_ entries: [SnapshotEntry]) async throws {
        guard let publisher else { return }
        let sent = Mutex<(count: Int, bytes: Int64)>((0, 0))
        do {
            try await publisher.send(entries.map(\.blob)) { [progress] blob in
                let isFirst = sent.withLock { sent in
                    defer { sent = (sent.count + 1, sent.bytes + blob.size) }
                    return sent.count == 0
                }
                if isFirst { progress(.began(.storing, total: nil)) }
                progress(.advanced(.storing, items: 1, bytes: blob.size))
            }
        } catch {
            throw failure("what is not in the remote datastore yet", error)
        }
        let (count, bytes) = sent.withLock { $0 }
        if count > 0 { progress(.ended(.storing, items: count, bytes: bytes)) }
    }

    private func keep(
        _ part: EnvironmentPart, on interpreter: Interpreter, _ folder: FilePath,
        _ openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws -> [SnapshotEntry] {
        if let wheel = part.named {
            return [try await keep(WantedArchive(wheel), as: .wheel, openClient)]
        }
        // A project in a folder.
        guard let key = part.selection.sourceKey else { return [] }
        var entries = [try await keepBuilt(part, key, on: interpreter)]
        if let file = part.selection.sourceArchive {
            entries.append(try await keep(WantedArchive(file, folder), as: .sources, openClient))
        }
        return entries
    }

    /// The wheel that was built of sources: one that an earlier run has kept, or that is in the cache, or a new one.
    private func keepBuilt(
        _ part: EnvironmentPart, _ key: SHA256Digest, on interpreter: Interpreter
    ) async throws -> SnapshotEntry {
        do {
            let known = try await source.wheels(builtOf: key)
            if let best = interpreter.target.tags.best(of: known.map(\.filename)),
                let wheel = known.first(where: { $0.filename == best }),
                let blob = try await present(wheel.sha256, size: wheel.size)
            {
                return SnapshotEntry(kind: .builtWheel, name: wheel.filename.description, blob: blob, source: key)
            }
            let built = try await part.wheel()
            let blob: StoredBlob
            if let file = built.file {
                blob = try await kept(file, built.sha256)
            } else if let there = try await present(built.sha256, size: built.size) {
                blob = there
            } else {
                throw DatastoreError(path: store.location.blobs.string, .missing(built.sha256))
            }
            return SnapshotEntry(kind: .builtWheel, name: built.filename.description, blob: blob, source: key)
        } catch {
            throw failure("the wheel of \(part.selection.package)", error)
        }
    }

    private func keep(
        _ wanted: WantedArchive, as kind: SnapshotEntry.Kind,
        _ openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws -> SnapshotEntry {
        do {
            if let blob = try await present(wanted.sha256, size: wanted.size) {
                return SnapshotEntry(kind: kind, name: wanted.name, blob: blob)
            }
            let blob = try await kept(try await wanted.file(in: cache, openClient), wanted.sha256)
            return SnapshotEntry(kind: kind, name: wanted.name, blob: blob)
        } catch {
            throw failure(wanted.name, error)
        }
    }

    /// What the datastore has already, here or elsewhere.
    func present(_ digest: SHA256Digest, size: Int64?) async throws -> StoredBlob? {
        let here = await BlockingWork.run { [store] in store.archive(digest, size: size) }
        if let here { return StoredBlob(digest: digest, size: here.size, codec: .plain, place: .loose) }
        return try await publisher?.archives([digest: size])[digest]
    }

    func kept(_ file: FilePath, _ digest: SHA256Digest) async throws -> StoredBlob {
        try await BlockingWork.run { [store] () throws(DatastoreError) in try store.keepArchive(file, digest) }
    }

    func failure(_ what: String, _ error: any Error) -> any Error {
        if Task.isCancelled || error is SnapshotError { return error }
        return SnapshotError(what: what, cause: error)
    }
}
