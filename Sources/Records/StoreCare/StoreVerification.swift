import Archives
package import Datastore
import Diagnostics
package import Digests
package import FlowModel
package import Ledger

/// Whether a store holds what is recorded, byte for byte.
package struct StoreVerification: Sendable {
    /// A blob that cannot be read as it was stored.
    package struct Fault: Sendable, Hashable {
        package enum Kind: String, Sendable, Hashable, Codable {
            /// It is not where it should be.
            case missing
            /// It is not what was stored.
            case damaged
            /// A record mentions it, and none says where it is.
            case unrecorded
        }

        package var digest: SHA256Digest
        package var kind: Kind
        /// What is wrong, in words.
        package var problem: String
    }

    package struct Report: Sendable {
        package var blobs = 0
        /// Plain bytes that were read and are right.
        package var bytes: Int64 = 0
        package var logs = 0
        /// Blobs that are not here but in the remote datastore.
        package var elsewhere = 0
        package var faults: [Fault] = []
        /// Logs that cannot be read to the end, in words.
        package var damagedLogs: [String] = []

        package var isRight: Bool { faults.isEmpty && damagedLogs.isEmpty }
    }

    private let ledger: RunLedger
    private let store: BlobStore
    private let remote: LedgerRemote?

    /// - Parameters:
    ///   - store: one that fetches nothing from elsewhere.
    ///   - remote: what is there need not be here.
    package init(ledger: RunLedger, store: BlobStore, remote: LedgerRemote? = nil) {
        self.ledger = ledger
        self.store = store
        self.remote = remote
    }

    /// Reads everything that runs need, and compares it with its digests.
    ///
    /// - Parameters:
    ///   - runs: only what these need; what all runs need without it.
    ///   - width: how many files are read at once.
    package func verify(_ runs: [RunKey]? = nil, width: Int) async throws -> Report {
        let (ledger, store) = (ledger, store)
        let needs = try await BlockingWork.run { () throws(LedgerError) in try ledger.neededBlobs(of: runs) }
        var report = Report(blobs: needs.recorded.count + needs.unplaced.count)
        report.faults = needs.unplaced.map {
            Fault(digest: $0, kind: .unrecorded, problem: "no record says where the blob \($0) is")
        }
        let batches = Self.batches(of: needs.recorded)
        try await withThrowingTaskGroup(of: ([Fault], Int64).self) { group in
            for (index, batch) in batches.enumerated() {
                if index >= max(1, width) { if let done = try await group.next() { Self.add(done, to: &report) } }
                try Task.checkCancellation()
                group.addTask { try await BlockingWork.run { try Self.faults(of: batch, in: store) } }
            }
            for try await done in group { Self.add(done, to: &report) }
        }
        if let remote {
            let missing = report.faults.filter { $0.kind != .damaged }.map(\.digest)
            let there = try await BlockingWork.run { () throws(LedgerError) in try ledger.remoteBlobs(missing, in: remote) }
            report.faults.removeAll { $0.kind != .damaged && there[$0.digest] != nil }
            report.elsewhere = missing.count(where: { there[$0] != nil })
        }
        report.faults.sort { ($0.problem, $0.digest.hex) < ($1.problem, $1.digest.hex) }
        let wanted = try runs ?? ledger.allRuns()
        for run in wanted {
            let fault = try await BlockingWork.run { () throws(DatastoreError) in try Self.fault(ofLogOf: run, at: ledger.location) }
            report.logs += 1
            if let fault { report.damagedLogs.append(fault) }
        }
        return report
    }

    private static func add(_ done: ([Fault], Int64), to report: inout Report) {
        report.faults += done.0
        report.bytes += done.1
    }

    /// Stretches of packs, and large files one by one.
    private static func batches(of blobs: [StoredBlob]) -> [[StoredBlob]] {
        var batches: [[StoredBlob]] = []
        var size: Int64 = 0
        for blob in blobs {
            if batches.isEmpty || size + blob.size > 16 << 20 {
                batches.append([])
                size = 0
            }
            batches[batches.count - 1].append(blob)
            size += blob.size + 4096
        }
        return batches
    }

    private static func faults(of blobs: [StoredBlob], in store: BlobStore) throws -> ([Fault], Int64) {
        var faults: [Fault] = []
        var bytes: Int64 = 0
        for blob in blobs {
            do throws(DatastoreError) {
                try store.verify(blob)
                bytes += blob.size
            } catch {
                switch error.fault {
                case .missing: faults.append(Fault(digest: blob.digest, kind: .missing, problem: error.diagnostic.headline))
                case .damaged, .shortInput:
                    faults.append(Fault(digest: blob.digest, kind: .damaged, problem: error.diagnostic.headline))
                default: throw error
                }
            }
        }
        return (faults, bytes)
    }

    private static func fault(ofLogOf run: RunKey, at location: StoreLocation) throws(DatastoreError) -> String? {
        do throws(DatastoreError) {
            try RunLogReader(location, flow: run.flow.text, run: run.run.text).verify()
            return nil
        } catch {
            guard case .damagedLog = error.fault else { throw error }
            return error.diagnostic.headline
        }
    }
}
