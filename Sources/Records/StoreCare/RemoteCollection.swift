import Archives
import Digests
import FlowModel
package import Ledger
package import ObjectStores
import Remotes

/// Frees what no run needs in a remote datastore. The ledger must know all its runs.
package struct RemoteCollection: Sendable {
    package struct Report: Sendable, Hashable {
        package var freed: Int64 = 0
        package var objects = 0
        /// Objects that no run needs and that are too young to go.
        package var kept = 0
    }

    private let ledger: RunLedger
    private let remote: LedgerRemote
    private let objects: any ObjectStore

    package init(ledger: RunLedger, remote: LedgerRemote, objects: any ObjectStore) {
        self.ledger = ledger
        self.remote = remote
        self.objects = objects
    }

    /// Removes blobs and packs that no run needs, and logs of runs that have no records.
    ///
    /// - Parameter time: seconds since 1970; what was stored later stays.
    package func collect(before time: Int64, isRehearsal: Bool) async throws -> Report {
        let (ledger, remote) = (ledger, remote)
        let (needed, unneeded) = try await BlockingWork.run {
            let needs = try ledger.neededBlobs()
            let there = try ledger.remoteBlobs(needs.recorded.map(\.digest) + needs.unplaced, in: remote)
            let keys = try Set(there.values.map { try RemoteLayout.object(of: $0) })
            return (keys, try ledger.unneededBlobs(in: remote))
        }
        var report = Report()
        var gone: [ObjectKey] = []
        var rest: [ObjectInfo] = []
        for prefix in ["blobs/", "packs/"] {
            rest += try await objects.all(prefix).filter { !needed.contains($0.key) }
        }
        let runs = Set(try await objects.all(RemoteLayout.records()).compactMap { RemoteLayout.record(named: $0.key)?.run })
        rest += try await objects.all("logs/").filter { object in
            let parts = object.key.text.split(separator: "/")
            return parts.count == 4 && !runs.contains(RunKey(flow: FlowName(String(parts[1])), run: RunID(String(parts[2]))))
        }
        for object in rest {
            guard object.modified <= time else {
                report.kept += 1
                continue
            }
            report.objects += 1
            report.freed += object.size
            gone.append(object.key)
        }
        if isRehearsal { return report }
        // Forgotten first: nobody is told that the remote has what is about to go.
        try await BlockingWork.run { try ledger.forgetRemoteBlobs(unneeded, in: remote) }
        for start in stride(from: 0, to: gone.count, by: 1000) {
            try await objects.remove(Array(gone[start..<min(start + 1000, gone.count)]))
        }
        return report
    }
}
