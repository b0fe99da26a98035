import Archives
package import Datastore
package import Diagnostics
package import Digests
import Glibc
package import Ledger
package import ObjectStores
package import PackageSources
import PythonPackaging
import Remotes
package import SystemPackage

/// The packages that a datastore keeps of its runs: wheels by the hashes that locks have, and built ones by their sources.
/// No run has to be named.
package final class SnapshotSource: ArchiveSource {
    private let ledger: RunLedger
    private let store: BlobStore
    private let objects: (any ObjectStore)?
    /// Copies and fetches; asks no index.
    private let client: PackageIndexClient

    /// For how long an address of the datastore may be used: a large wheel over a slow line, with its repetitions.
    private static let validity = Duration.seconds(6 * 3600)

    /// - Parameters:
    ///   - objects: the remote datastore, if there is one.
    ///   - environment: the variables of the process, which say how servers are reached.
    package init(
        ledger: RunLedger, store: BlobStore, objects: (any ObjectStore)? = nil, environment: [String: String],
        cache: CacheDirectory, progress: @escaping ProgressSink = { _ in }
    ) throws {
        self.ledger = ledger
        self.store = store
        self.objects = objects
        client = PackageIndexClient(
            configuration: try .connections(environment: environment), cache: cache, progress: progress)
    }

    package func fetch(
        _ sha256: SHA256Digest, size: Int64?, to path: FilePath, _ follower: (any DownloadFollower)?,
        within reach: ArchiveReach
    ) async throws -> Bool {
        if let local = await BlockingWork.run({ [store] in store.archive(sha256, size: size) }) {
            try await client.download(
                FileURL.url(local.path), sha256: sha256, size: local.size, to: path, follower: follower)
            return true
        }
        guard reach == .anywhere, let objects else { return false }
        let address = try await objects.fetchAddress(of: RemoteLayout.blob(sha256, .plain), validFor: Self.validity)
        do throws(PackageSourceError) {
            try await client.download(address, sha256: sha256, size: size, to: path, follower: follower)
            return true
        } catch {
            guard error.isAbsence else { throw error }
            return false
        }
    }

    package func wheels(builtOf source: SHA256Digest) async throws -> [KeptWheel] {
        let entries = try await BlockingWork.run { [ledger] () throws(LedgerError) in
            try ledger.snapshots(builtOf: source)
        }
        return entries.compactMap { entry in
            guard entry.kind == .builtWheel, let filename = try? WheelFilename(parsing: entry.name) else { return nil }
            return KeptWheel(filename: filename, sha256: entry.blob.digest, size: entry.blob.size)
        }
    }

    package func archives(keptAs key: SHA256Digest) async throws -> [SHA256Digest] {
        let entries = try await BlockingWork.run { [ledger] () throws(LedgerError) in
            try ledger.snapshots(builtOf: key)
        }
        return entries.filter { $0.kind == .condaPackage }.map(\.blob.digest)
    }

    /// Ends connections. It can be asked for nothing afterwards.
    package func shutdown() async { await client.shutdown() }
}

extension PackageSourceError {
    /// Whether there is no such file, as servers and folders tell it.
    fileprivate var isAbsence: Bool {
        switch self {
        case .status(_, 404, _): true
        case .localFile(let path, _): access(path, F_OK) != 0
        default: false
        }
    }
}
