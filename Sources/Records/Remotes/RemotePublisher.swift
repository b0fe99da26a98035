import Archives
package import Datastore
package import Digests
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

    /// Brings blobs into the remote ahead of the records that mention them; what is there is not sent again. When this
    /// returns, all of them are there.
    ///
    /// - Parameter sent: hears of each that was sent.
    package func send(_ wanted: [StoredBlob], sent: @escaping @Sendable (StoredBlob) -> Void = { _ in }) async throws {
        let byDigest = Dictionary(wanted.map { ($0.digest, $0) }) { first, _ in first }
        var uploads = uploads
        uploads.sent = sent
        _ = try await uploads.send(byDigest)
    }

    /// The same, and tells where each of them is in the remote.
    package func places(sending wanted: [StoredBlob]) async throws -> [SHA256Digest: StoredBlob] {
        let byDigest = Dictionary(wanted.map { ($0.digest, $0) }) { first, _ in first }
        return Dictionary(try await uploads.send(byDigest).map { ($0.digest, $0) }) { first, _ in first }
    }

    /// Notes a blob that somebody else has put into the remote. Blocks.
    package func note(_ blobs: [StoredBlob]) throws(LedgerError) {
        try ledger.uploaded(blobs, to: remote)
    }

    /// Of archives (blobs that are kept by themselves and as they came), those that the remote has.
    ///
    /// - Parameter wanted: their sizes in bytes, where they are known; one of another size counts as absent.
    package func archives(_ wanted: [SHA256Digest: Int64?]) async throws -> [SHA256Digest: StoredBlob] {
        try await uploads.archives(wanted)
    }

    private var uploads: BlobUploads {
        BlobUploads(ledger: ledger, blobs: blobs, objects: objects, remote: remote, seen: seen)
    }

    /// The runs of which something waits and that no living engine takes care of, the oldest first. Blocks.
    package func leftovers() throws(LedgerError) -> [RunKey] {
        try ledger.outboxRuns(of: remote).map(\.run).filter {
            !RunLogReader.isBeingWritten(ledger.location, flow: $0.flow.text, run: $0.run.text)
        }
    }
}
