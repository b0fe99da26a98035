import Datastore
import Ledger
import ObjectStores
import Remotes
import SystemPackage

/// Sees to it that nodes find the engines of a run as they are: an earlier run without clusters may have brought the same ones into the
/// remote datastore compressed, which counts as being there, and which nodes cannot read.
struct PlainEngines: Sendable {
    private let objects: any ObjectStore
    private let files: [(blob: StoredBlob, path: FilePath)]

    init(_ engines: [SnapshotEntry], of store: BlobStore, in objects: any ObjectStore) {
        self.objects = objects
        files = engines.filter { $0.blob.codec == .plain && $0.blob.place == .loose }.compactMap { entry in
            store.archive(entry.blob.digest, size: entry.blob.size).map { (entry.blob, $0.path) }
        }
    }

    /// Costs a look at each that is there.
    func bring() async throws {
        for (blob, path) in files {
            let key = try RemoteLayout.object(of: blob)
            if let info = try await objects.info(of: key), info.size == blob.size { continue }
            let file = try FileDescriptor.open(path, .readOnly)
            defer { try? file.close() }
            _ = try await objects.upload(0..<blob.size, of: file.rawValue, as: key, .always)
        }
    }
}
