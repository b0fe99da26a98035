package import Datastore
package import Diagnostics
import Digests
package import FlowModel
package import Ledger

/// Frees what no run needs: blobs of runs that were deleted, and what killed engines left.
package struct StoreCollection: Sendable {
    package struct Report: Sendable, Hashable {
        /// Blobs that a record tells of and no run needs.
        package var blobs = 0
        /// Files of their own among them, and their bytes.
        package var looseFiles = Amount()
        /// Packs in which nothing is needed.
        package var deadPacks = Amount()
        /// Packs of which less than half is needed: what is needed goes to new ones. The bytes are what that frees.
        package var rewrittenPacks = Amount()
        /// Files of blobs that no record tells of: of engines that were killed.
        package var unknownFiles = Amount()
        /// Logs of runs that are gone.
        package var logs = Amount()
        /// Packs that could not be rewritten since something in them is damaged, in words.
        package var damaged: [String] = []

        /// Bytes that are free then.
        package var freed: Int64 {
            [looseFiles, deadPacks, rewrittenPacks, unknownFiles, logs].reduce(0) { $0 + $1.bytes }
        }
    }

    /// Files and their bytes.
    package struct Amount: Sendable, Hashable {
        package var files = 0
        package var bytes: Int64 = 0

        mutating func add(_ size: Int64) {
            files += 1
            bytes += size
        }
    }

    private let ledger: RunLedger
    private let store: BlobStore
    private let files: StoreFiles

    package init(ledger: RunLedger, store: BlobStore) {
        self.ledger = ledger
        self.store = store
        files = StoreFiles(ledger.location)
    }

    /// What could be freed now. Changes nothing; beside engines that store, the answer is of the moment.
    package func rehearse() throws -> Report {
        try collect(unneeded: try ledger.unneededBlobs(), isRehearsal: true)
    }

    /// Frees it.
    ///
    /// - Throws: `StoreCollectionError.busy` while an engine stores: it may be about to record what it found here.
    package func collect() throws -> Report {
        guard let hold = try StoreHold.alone(ledger.location) else {
            throw StoreCollectionError.busy(try ledger.runs(RunSearch(states: [.running])).map(\.key))
        }
        let report = try withExtendedLifetime(hold) {
            try collect(unneeded: try ledger.forgetUnneededBlobs(), isRehearsal: false)
        }
        try ledger.compact()
        return report
    }

    private func collect(unneeded: [StoredBlob], isRehearsal: Bool) throws -> Report {
        var report = Report(blobs: unneeded.count)
        try sweepLoose(Set(unneeded.map(\.digest)), &report, isRehearsal)
        try sweepPacks(unneeded, &report, isRehearsal)
        try sweepLogs(&report, isRehearsal)
        return report
    }

    private func sweepLoose(_ unneeded: Set<SHA256Digest>, _ report: inout Report, _ isRehearsal: Bool) throws {
        let recorded = try ledger.looseBlobs()
        for file in try files.loose() {
            if unneeded.contains(file.digest) {
                report.looseFiles.add(file.size)
            } else if recorded[file.digest] != file.codec {
                report.unknownFiles.add(file.size)
            } else {
                continue
            }
            if !isRehearsal { try files.remove(file.path) }
        }
    }

    private func sweepPacks(_ unneeded: [StoredBlob], _ report: inout Report, _ isRehearsal: Bool) throws {
        let gone = Set(unneeded.map(\.digest))
        let recorded = try ledger.packedBlobs()
        for pack in try files.packs() {
            let needed = (recorded[pack.name] ?? []).filter { !gone.contains($0.digest) }
            if needed.isEmpty {
                report.deadPacks.add(pack.size)
                if !isRehearsal { try files.remove(pack.path) }
                continue
            }
            let kept = needed.reduce(Int64(0)) { $0 + $1.bytesInPack }
            guard kept * 2 < pack.size else { continue }
            if try isRehearsal || rewrite(pack, needed, &report) { report.rewrittenPacks.add(pack.size - kept) }
        }
    }

    private func rewrite(_ pack: StoreFiles.Pack, _ needed: [StoredBlob], _ report: inout Report) throws -> Bool {
        let moved: [StoredBlob]
        do throws(DatastoreError) {
            moved = try store.copyIntoNewPack(needed)
        } catch {
            switch error.fault {
            case .missing, .damaged:
                report.damaged.append(error.diagnostic.headline)
                return false
            default: throw error
            }
        }
        try ledger.move(moved, outOf: pack.name)
        try files.remove(pack.path)
        return true
    }

    private func sweepLogs(_ report: inout Report, _ isRehearsal: Bool) throws {
        let runs = Set(try ledger.allRuns())
        for log in try files.logs() where !runs.contains(RunKey(flow: FlowName(log.flow), run: RunID(log.run))) {
            // The log comes before the run is recorded: one that is written is about to have a run.
            if RunLogReader.isBeingWritten(ledger.location, flow: log.flow, run: log.run) { continue }
            if try isRehearsal || files.removeLog(flow: log.flow, run: log.run) { report.logs.add(log.size) }
        }
    }
}

/// Why nothing can be collected now.
package enum StoreCollectionError: DiagnosticError {
    /// With the runs that go on, as far as they are recorded.
    case busy([RunKey])

    package var diagnostic: Diagnostic {
        switch self {
        case .busy(let runs):
            Diagnostic(
                .user, "nothing was removed: an engine stores results here",
                details: runs.map { "\($0.flow)/\($0.run) goes on" },
                help: "try again when it has ended; without --delete, what could be freed is told at any time")
        }
    }
}
