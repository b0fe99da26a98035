import Archives
import Datastore
import Diagnostics
import Digests
import FoundationEssentials
package import Ledger
package import ObjectStores
import Remotes
import SystemPackage

/// Whether a remote datastore holds what runs need of it, byte for byte. Everything is fetched, an object at a time, and nothing is
/// kept.
package struct RemoteVerification: Sendable {
    private typealias Fault = StoreVerification.Fault

    private let ledger: RunLedger
    private let remote: LedgerRemote
    private let objects: any ObjectStore

    package init(ledger: RunLedger, remote: LedgerRemote, objects: any ObjectStore) {
        self.ledger = ledger
        self.remote = remote
        self.objects = objects
    }

    /// - Parameters:
    ///   - runs: only what these need; what all runs need without it.
    ///   - width: how many objects are fetched at once.
    package func verify(_ runs: [RunKey]? = nil, width: Int) async throws -> StoreVerification.Report {
        let (ledger, remote) = (ledger, remote)
        let (blobs, lacking) = try await BlockingWork.run {
            let needs = try ledger.neededBlobs(of: runs)
            let digests = needs.recorded.map(\.digest) + needs.unplaced
            let there = try ledger.remoteBlobs(digests, in: remote)
            return (there.values.sorted { $0.digest.hex < $1.digest.hex }, digests.filter { there[$0] == nil })
        }
        var report = StoreVerification.Report()
        report.blobs = blobs.count + lacking.count
        // What waits in the outbox is not there yet, and nobody says that it is.
        report.faults = lacking.map {
            Fault(digest: $0, kind: .unrecorded, problem: "\(objects.address) is not known to hold the blob \($0)")
        }
        let places = try Dictionary(grouping: blobs) { try RemoteLayout.object(of: $0) }.sorted { $0.key < $1.key }
        let folder = try Self.temporaryFolder(below: ledger.location)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try await withThrowingTaskGroup(of: ([Fault], Int64).self) { group in
            for (index, (key, blobs)) in places.enumerated() {
                if index >= max(1, width) { if let done = try await group.next() { report.add(done.0, bytes: done.1) } }
                try Task.checkCancellation()
                group.addTask { try await faults(in: key, blobs, folder.appending("\(index)")) }
            }
            for try await done in group { report.add(done.0, bytes: done.1) }
        }
        report.faults.sort { ($0.problem, $0.digest.hex) < ($1.problem, $1.digest.hex) }
        return report
    }

    /// Fetches an object into a store of its own, and reads the blobs there.
    private func faults(in key: ObjectKey, _ blobs: [StoredBlob], _ folder: FilePath) async throws -> ([Fault], Int64) {
        let location = StoreLocation(root: folder)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let file = try location.preparedFile(for: key)
        let descriptor = try FileDescriptor.open(
            file, .readWrite, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
        defer { try? descriptor.close() }
        guard try await objects.download(key, to: descriptor.rawValue) != nil else {
            let problem = "\(objects.address) does not hold \(key)"
            return (blobs.map { Fault(digest: $0.digest, kind: .missing, problem: "\(problem), with the blob \($0.digest)") }, 0)
        }
        let address = objects.address
        return try await BlockingWork.run {
            let store = try BlobStore(location)
            var (faults, bytes): ([Fault], Int64) = ([], 0)
            for blob in blobs {
                do throws(DatastoreError) {
                    try store.verify(blob)
                    bytes += blob.size
                } catch {
                    let problem = "\(address): \(key) is damaged: the blob \(blob.digest) \(error.words)"
                    faults.append(Fault(digest: blob.digest, kind: .damaged, problem: problem))
                }
            }
            return (faults, bytes)
        }
    }

    private static func temporaryFolder(below location: StoreLocation) throws -> FilePath {
        let folder = location.staging.appending(".verify-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        return folder
    }
}

extension DatastoreError {
    /// What is wrong with a blob, without the file.
    fileprivate var words: String {
        if case .damaged(_, let how) = fault { how } else { "cannot be read" }
    }
}

extension StoreLocation {
    /// Where the file of an object of a remote would be here; its folder is made.
    fileprivate func preparedFile(for key: ObjectKey) throws -> FilePath {
        // The names are the same in both.
        let file = key.text.split(separator: "/").reduce(root) { $0.appending(String($1)) }
        try FileManager.default.createDirectory(
            atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        return file
    }
}

extension StoreVerification.Report {
    mutating func add(_ faults: [StoreVerification.Fault], bytes: Int64) {
        self.faults += faults
        self.bytes += bytes
    }

    /// Adds what was found elsewhere.
    package mutating func add(_ other: Self) {
        blobs += other.blobs
        bytes += other.bytes
        faults += other.faults
        damagedLogs += other.damagedLogs
    }
}
