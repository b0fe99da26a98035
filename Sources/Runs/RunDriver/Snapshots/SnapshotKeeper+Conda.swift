import CondaChannels
import CondaPackaging
import Datastore
import Digests
import Environments
import Interpreters
import Ledger
import Lockfiles
import PackageSources
import SystemPackage

// The conda packages of a run's environments.
extension SnapshotKeeper {
    /// Keeps what the environment of a lock is made of, of both worlds.
    ///
    /// - Parameters:
    ///   - interpreter: of this machine; the environment of a lock with conda packages has its own.
    ///   - folder: the folder that paths in the lock are relative to.
    /// - Returns: what the run has to record.
    func keep(
        _ lock: PyLock, on interpreter: Interpreter, relativeTo folder: FilePath, of environments: EnvironmentStore,
        _ locking: FlowLocking
    ) async throws -> [SnapshotEntry] {
        guard lock.conda != nil else {
            return try await keep(lock, on: interpreter, relativeTo: folder, of: environments) {
                try await locking.client(for: interpreter)
            }
        }
        let target = LockTarget(try lock.target(on: interpreter))
        let conda = try await keepConda(of: lock, for: target) { try await locking.channels.client().archives }
        guard !lock.packages.isEmpty else { return conda }
        // Which wheels are installed only the Python of the environment tells.
        let built = try await environments.ensure(lock, on: interpreter, relativeTo: folder, locking)
        guard let python = built.interpreter else { return conda }
        return try await conda + keep(lock, on: python, relativeTo: folder, of: environments) {
            try await locking.client(for: python)
        }
    }

    /// Keeps the archives of a lock's conda packages, as they came from their channels.
    ///
    /// - Parameters:
    ///   - target: what this machine installs of the lock. Where all targets count, the packages of the others are kept, too.
    ///   - openArchives: makes what archives are fetched with; called when one is not in the datastore.
    /// - Returns: what the run has to record; nothing for a lock without conda packages.
    func keepConda(
        of lock: PyLock, for target: LockTarget, openArchives: @escaping @Sendable () async throws -> CondaArchiveSource
    ) async throws -> [SnapshotEntry] {
        let packages = coversAllTargets ? lock.conda?.packages ?? [] : lock.condaPackages(for: target)
        return try await each(packages) { package in [try await keep(package, openArchives)] }
    }

    private func keep(
        _ package: LockedCondaPackage, _ openArchives: @Sendable () async throws -> CondaArchiveSource
    ) async throws -> SnapshotEntry {
        let name = package.record.fileName.description
        do {
            let size = package.record.size.flatMap { Int64(exactly: $0) }
            var known = package.record.sha256
            if known == nil, let key = package.archiveKey { known = try await source.archives(keptAs: key).first }
            if let known, let blob = try await present(known, size: size) {
                return SnapshotEntry(kind: .condaPackage, name: name, blob: blob, source: package.archiveKey)
            }
            let fetched = try await openArchives().fetch(CondaArchiveOrder(package.record, url: package.url))
            let blob = try await kept(fetched.path, fetched.sha256)
            return SnapshotEntry(kind: .condaPackage, name: name, blob: blob, source: package.archiveKey)
        } catch {
            throw failure(name, error)
        }
    }
}
