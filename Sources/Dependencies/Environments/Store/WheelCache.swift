import Archives
import Diagnostics
import Digests
import PackageSources
import PythonPackaging
import Synchronization
import SystemPackage

/// The unpacked wheels in the cache: `wheels/<sha256>/`.
struct WheelCache: Sendable {
    let cache: CacheDirectory
    let progress: ProgressSink
    private let keepsArchives: Bool
    private let waiting = WaitingNote()

    /// - Parameter keepsArchives: whether the file of a wheel that comes from a server stays among the archives.
    init(cache: CacheDirectory, keepsArchives: Bool = false, progress: @escaping ProgressSink) {
        self.cache = cache
        self.keepsArchives = keepsArchives
        self.progress = progress
    }

    static func lockName(_ folder: String) -> String { "wheel \(folder)" }

    /// The wheel, if it is there and whole.
    func unpacked(_ order: WheelOrder) -> UnpackedWheel? {
        var wheel = UnpackedWheel(name: order.project, at: place(of: order))
        wheel?.origin = order.origin
        return wheel
    }

    /// The wheel; fetched and unpacked if it is not there. Of all processes one does that.
    ///
    /// - Parameter fetch: Puts the file where it is told, checked.
    func obtain(
        _ order: WheelOrder, fetch: @Sendable (FilePath, (any DownloadFollower)?) async throws -> Void
    ) async throws(EnvironmentError) -> UnpackedWheel {
        let lock = try await lock(order.sha256) { waiting.tell(order, progress) }
        defer { lock.release() }
        if let present = await BlockingWork.run({ unpacked(order) }) { return present }
        let draft = try await BlockingWork.run { () throws(EnvironmentError) in try makeDraft(order) }
        do throws(EnvironmentError) {
            return try await fill(draft, order, fetch: fetch)
        } catch {
            await BlockingWork.run { FileTree.remove(draft) }
            throw error
        }
    }

    /// Removes the wheel if it is not right; who needs it next makes it anew.
    ///
    /// - Parameter isRight: looks at it, while no other process changes it.
    func discard(
        _ sha256: SHA256Digest, unless isRight: () async throws(EnvironmentError) -> Bool
    ) async throws(EnvironmentError) {
        let lock = try await lock(sha256)
        defer { lock.release() }
        if try await isRight() { return }
        let place = cache.path(.wheels, sha256.hex)
        try await BlockingWork.run { () throws(EnvironmentError) in try Drafts.remove(place, in: cache) }
    }

    /// Does blocking work while no other process changes the wheel.
    func whileLocked<Value: Sendable>(
        _ sha256: SHA256Digest, _ work: @escaping @Sendable () throws(EnvironmentError) -> Value
    ) async throws(EnvironmentError) -> Value {
        let lock = try await lock(sha256)
        defer { lock.release() }
        return try await BlockingWork.run(work)
    }

    private func lock(
        _ sha256: SHA256Digest, waiting: @Sendable () -> Void = {}
    ) async throws(EnvironmentError) -> CacheLock {
        do throws(PackageSourceError) {
            return try await cache.lock(Self.lockName(sha256.hex), waiting: waiting)
        } catch {
            throw EnvironmentError(error)
        }
    }

    private func fill(
        _ draft: FilePath, _ order: WheelOrder, fetch: @Sendable (FilePath, (any DownloadFollower)?) async throws -> Void
    ) async throws(EnvironmentError) -> UnpackedWheel {
        let file = draft.appending("wheel")
        let early = WheelUnpacker.early(order, into: draft)
        do {
            try await fetch(file, early)
        } catch {
            await early?.abandon()
            if Task.isCancelled { throw .cancelled }
            // A full disk is not the fault of who sends.
            if let error = error as? PackageSourceError, case .cache(let operation, _, let code) = error {
                let what = "\(order.filename) into \(cache.path(.wheels))"
                throw .system(operation: operation, path: what, code: code)
            }
            throw .notFetched(wheel: order.filename.description, cause: error)
        }
        let manifest = try await WheelUnpacker(filename: order.filename, file: file, draft: draft, early: early).unpack()
        try await BlockingWork.run { () throws(EnvironmentError) in
            if !keep(file, of: order) { FileTree.remove(file) }
            try FileTree.publish(draft, at: place(of: order), in: cache)
        }
        var wheel = UnpackedWheel(name: order.project, folder: place(of: order), manifest: manifest)
        wheel.origin = order.origin
        return wheel
    }

    /// What cannot be kept can be fetched again.
    private func keep(_ file: FilePath, of order: WheelOrder) -> Bool {
        guard keepsArchives, order.file == nil, !order.url.isEmpty else { return false }
        do throws(PackageSourceError) {
            try cache.keepArchive(file, order.sha256, named: CacheDirectory.archiveName(of: order.url))
            return true
        } catch {
            return false
        }
    }

    private func makeDraft(_ order: WheelOrder) throws(EnvironmentError) -> FilePath {
        try Drafts.make(beside: place(of: order), in: cache)
    }

    private func place(of order: WheelOrder) -> FilePath { cache.path(.wheels, order.sha256.hex) }
}

/// Says once that another process fetches what is needed, however many wheels that are.
private final class WaitingNote: Sendable {
    private let isTold = Atomic<Bool>(false)

    func tell(_ order: WheelOrder, _ progress: ProgressSink) {
        guard !isTold.exchange(true, ordering: .relaxed) else { return }
        progress(.note("another process fetches \(order.filename); waiting for it"))
    }
}
