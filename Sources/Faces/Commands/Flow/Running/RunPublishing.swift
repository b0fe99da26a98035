import Clusters
import FlowModel
import Ledger
import Remotes
import RunDriver

/// Brings a run into its remote datastore while it goes on.
struct RunPublishing {
    private let run: RunKey
    private let remote: RecordsRemote?
    private let warnings: Terminal

    /// How long a run that was stopped keeps its person waiting.
    private static let patience: Duration = .seconds(5)

    /// Nodes of clusters and the run talk through the datastore.
    private let cluster: ClusterWork?

    init(_ run: RunKey, _ records: RunRecords, cluster: ClusterWork? = nil, warnings: Terminal) {
        self.cluster = cluster
        self.run = run
        remote = records.remote
        self.warnings = warnings
    }

    /// Runs, and returns when the remote has all of it.
    ///
    /// - Throws: what the run throws; `NotPublished` when the run has ended and the remote lacks something.
    func whileRunning(_ body: () throws -> RunEnding) throws -> RunEnding {
        guard let remote else { return try body() }
        let publication = BackgroundPublication(
            of: run, others: (try? remote.publisher.leftovers()) ?? [], by: remote.publisher)
        let ending: RunEnding
        do {
            ending = try body()
        } catch {
            // The run's own failure is what is told.
            _ = try? publication.finish(within: Self.patience)
            throw error
        }
        do {
            guard case .stopped = ending else {
                if try !publication.finish(within: .seconds(1)) {
                    warnings.writeLine("Sending what is left to \(remote.store.address) …")
                    _ = try publication.finish()
                }
                tidy(remote)
                return ending
            }
            if try !publication.finish(within: Self.patience) { tellOfRest(in: remote.store.address) }
        } catch {
            throw NotPublished(run: run, address: remote.store.address, cause: error)
        }
        return ending
    }

    /// What was said between the run and its nodes is recorded now. What stays does no harm.
    private func tidy(_ remote: RecordsRemote) {
        guard let cluster else { return }
        let (run, objects) = (run, remote.store.objects)
        let executors = Dictionary(cluster.steps.values.map { ($0.executor.name, $0.executor) }, uniquingKeysWith: { first, _ in first })
        try? waiting {
            for executor in executors.values { await executor.runIsOver("\(run.flow)/\(run.run)") }
            try await ClusterTidying.tidy(run, in: objects)
        }
    }

    private func tellOfRest(in address: RemoteAddress) {
        warnings.writeLine("Not everything of the run is in \(address) yet: penstock datastore push sends the rest.")
    }
}
