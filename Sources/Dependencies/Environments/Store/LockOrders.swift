import Archives
import Diagnostics
import Digests
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import SystemPackage

/// The wheels that a lock comes to on an interpreter: those that it names, and those that are built of its sources.
struct LockOrders: Sendable {
    let lock: PyLock
    let interpreter: Interpreter
    /// What paths in the lock are relative to.
    let folder: FilePath?
    let builder: (any WheelBuilding)?
    /// Where archives can be had without an index.
    var supply: ArchiveSupply?
    /// Where archives of sources are kept.
    var cache: CacheDirectory?
    var progress: ProgressSink = { _ in }

    /// What the environment is addressed by.
    func digest() async throws(EnvironmentError) -> SHA256Digest {
        EnvironmentRequest.digest(ofLock: lock.digest, interpreter: interpreter, contents: try await contents())
    }

    /// What to ask the store for. Looks at the folders that are installed, and at nothing else.
    func request(
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> EnvironmentRequest {
        var request = EnvironmentRequest(
            interpreter: interpreter,
            digest: try await digest(),
            orders: { () async throws(EnvironmentError) in try await all() },
            openFetching: { [supply, progress] in
                try await WheelFetching.opened(supply: supply, progress: progress, openClient: openClient)
            })
        request.lock = lock
        request.folder = folder
        return request
    }

    private func contents() async throws(EnvironmentError) -> [SHA256Digest] {
        let hasFolders = lock.packages.contains { if case .directory = $0.source { true } else { false } }
        guard hasFolders else { return [] }
        var digests: [SHA256Digest] = []
        for selection in try selections() {
            guard case .directory(let directory) = selection.choice else { continue }
            let builder = try needed(builder, for: selection)
            do {
                digests.append(try await builder.contentDigest(of: directory, relativeTo: folder))
            } catch {
                throw .notBuilt(package: "\(selection.package)", cause: error)
            }
        }
        return digests
    }

    /// In the order of the lock.
    func all() async throws(EnvironmentError) -> [WheelOrder] {
        let selections = try selections()
        do {
            return try await withThrowingTaskGroup(of: (Int, WheelOrder).self) { group in
                for (position, selection) in selections.enumerated() {
                    group.addTask { (position, try await order(for: selection)) }
                }
                var orders: [(position: Int, order: WheelOrder)] = []
                for try await order in group { orders.append(order) }
                return orders.sorted { $0.position < $1.position }.map(\.order)
            }
        } catch let error as EnvironmentError {
            throw error
        } catch {
            throw Task.isCancelled ? .cancelled : .cache(cause: error)
        }
    }

    func selections() throws(EnvironmentError) -> [LockSelection] {
        do {
            return try lock.selection(for: interpreter.target, file: "pylock.toml")
        } catch {
            throw .lock(error)
        }
    }

    /// The wheel to install: one that the lock names, or that its sources come to.
    func order(for selection: LockSelection) async throws(EnvironmentError) -> WheelOrder {
        if let named = named(selection) { return named }
        if supply?.isFirst == true, let kept = await kept(selection) { return kept }
        do throws(EnvironmentError) {
            return try await built(selection)
        } catch {
            // What cannot be built any more may have been built once.
            guard supply?.isFirst == false, !Task.isCancelled, let kept = await kept(selection) else { throw error }
            return kept
        }
    }

    /// The wheel that the lock names; `nil` where it names sources.
    func named(_ selection: LockSelection) -> WheelOrder? {
        switch selection.choice {
        case .wheel(let wheel, let filename): return order(wheel, filename, of: selection)
        case .archive(let archive):
            guard let filename = try? WheelFilename(parsing: archive.file.filename) else { return nil }
            return order(archive.file, filename, of: selection)
        case .sdist, .repository, .directory: return nil
        }
    }

    private func built(_ selection: LockSelection) async throws(EnvironmentError) -> WheelOrder {
        let builder = try needed(builder, for: selection)
        do {
            await takeOverSources(selection)
            let built = try await builder.wheel(of: selection, relativeTo: folder, on: interpreter)
            return WheelOrder(
                project: "\(selection.package)", filename: built.filename, sha256: built.sha256, size: built.size,
                file: built.file, origin: origin(of: selection))
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw .notBuilt(package: "\(selection.package)", cause: error)
        }
    }

    private func order(_ file: LockedFile, _ filename: WheelFilename, of selection: LockSelection) -> WheelOrder {
        var order = WheelOrder(
            project: "\(selection.package)", filename: filename, sha256: file.sha256, size: file.size,
            url: file.url ?? "", origin: origin(of: selection))
        if let path = LocalFile.path(of: file, relativeTo: folder) { order.file = path }
        return order
    }

    private func needed(
        _ builder: (any WheelBuilding)?, for selection: LockSelection
    ) throws(EnvironmentError) -> any WheelBuilding {
        if let builder { return builder }
        throw .lock(
            LockError(
                file: "pylock.toml", keyPath: "packages (\(selection.package))",
                problem: .unsuitable("it has to be built from source, and that is switched off")))
    }

    func origin(of selection: LockSelection) -> DirectOrigin? {
        switch selection.choice {
        case .wheel, .sdist: return nil
        case .archive(let archive):
            let url = archive.file.url ?? LocalFile.path(of: archive.file, relativeTo: folder).map(LocalFile.url)
            return DirectOrigin(
                url: url ?? "", .archive(sha256: archive.file.sha256.hex), subdirectory: archive.subdirectory)
        case .repository(let repository):
            let url = repository.url ?? LocalFile.url(LocalFile.path(repository.path ?? "", relativeTo: folder))
            return DirectOrigin(
                url: url,
                .repository(
                    system: repository.type, commit: repository.commitID, requestedRevision: repository.requestedRevision),
                subdirectory: repository.subdirectory)
        case .directory(let directory):
            return DirectOrigin(
                url: LocalFile.url(LocalFile.path(directory.path, relativeTo: folder)),
                .directory(isEditable: directory.isEditable ?? false), subdirectory: directory.subdirectory)
        }
    }
}
