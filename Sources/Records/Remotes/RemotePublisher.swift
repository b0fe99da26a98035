import Archives
package import Datastore
import FlowModel
package import Ledger
package import ObjectStores

/// Publishes runs of a project into a remote.
package struct RemotePublisher: Sendable {
    private let ledger: RunLedger
    private let blobs: BlobStore
    private let objects: any ObjectStore
    private let remote: LedgerRemote
    private let seen = SeenObjects()

    package init(ledger: RunLedger, blobs: BlobStore, objects: any ObjectStore, remote: LedgerRemote) {
        self.ledger = ledger
        self.blobs = blobs
        self.objects = objects
        self.remote = remote
    }

    package func publication(of run: RunKey) -> RunPublication {
        RunPublication(of: run, ledger: ledger, blobs: blobs, objects: objects, remote: remote, seen: seen)
    }

    /// Publishes what waits of a run.
    ///
    /// - Returns: the number of records that were written.
    package func publish(_ run: RunKey) async throws -> Int {
        var publication = publication(of: run)
        return try await publication.publish()
    }

    /// The runs of which something waits and that no living engine takes care of, the oldest first. Blocks.
    package func leftovers() throws(LedgerError) -> [RunKey] {
        try ledger.outboxRuns(of: remote).map(\.run).filter {
            !RunLogReader.isBeingWritten(ledger.location, flow: $0.flow.text, run: $0.run.text)
        }
    }
}
