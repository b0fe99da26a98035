package import Datastore
package import Digests
package import Ledger
package import ObjectStores
package import PackageSources
import PythonPackaging
package import Remotes
package import SystemPackage

/// The packages that an order names, to be had from the datastore alone: no index is asked, and no ledger.
package final class OrderedPackages: ArchiveSource {
    private let remote: RemoteStore
    private let archives: Set<SHA256Digest>
    private let bySource: [SHA256Digest: [SnapshotEntry]]
    /// Copies and fetches; asks no index.
    private let client: PackageIndexClient

    /// For how long an address of the datastore may be used: a large wheel over a slow line, with its repetitions.
    private static let validity = Duration.seconds(6 * 3600)

    /// - Parameter environment: the variables of the process, which say how servers are reached.
    package init(
        _ entries: [SnapshotEntry], in remote: RemoteStore, environment: [String: String], cache: CacheDirectory
    ) throws {
        self.remote = remote
        archives = Set(entries.filter { $0.blob.codec == .plain && $0.blob.place == .loose }.map(\.blob.digest))
        bySource = Dictionary(grouping: entries.filter { $0.source != nil }) { $0.source ?? $0.blob.digest }
        client = PackageIndexClient(configuration: try .connections(environment: environment), cache: cache)
    }

    package func fetch(
        _ sha256: SHA256Digest, size: Int64?, to path: FilePath, _ follower: (any DownloadFollower)?,
        within reach: ArchiveReach
    ) async throws -> Bool {
        guard archives.contains(sha256) else { return false }
        let key = try RemoteLayout.blob(sha256, .plain)
        let address: String
        switch remote.address {
        case .folder(let root): address = FileURL.url(root.appending(FilePath(key.text).components))
        case .s3:
            guard reach == .anywhere else { return false }
            address = try await remote.objects.fetchAddress(of: key, validFor: Self.validity)
        }
        try await client.download(address, sha256: sha256, size: size, to: path, follower: follower)
        return true
    }

    package func wheels(builtOf source: SHA256Digest) async throws -> [KeptWheel] {
        (bySource[source] ?? []).compactMap { entry in
            guard entry.kind == .builtWheel, let filename = try? WheelFilename(parsing: entry.name) else { return nil }
            return KeptWheel(filename: filename, sha256: entry.blob.digest, size: entry.blob.size)
        }
    }

    package func archives(keptAs key: SHA256Digest) async throws -> [SHA256Digest] {
        (bySource[key] ?? []).filter { $0.kind == .condaPackage }.map(\.blob.digest)
    }
}
