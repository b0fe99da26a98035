import CondaChannels
import CondaPackaging
import Datastore
import Digests
import Environments
import Ledger
import Lockfiles
import PackageSources
import SystemPackage

// The conda packages of a run's environments.
extension SnapshotKeeper {
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
