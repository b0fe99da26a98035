import Datastore
import Diagnostics
import FlowModel
import Ledger
import Remotes

/// The records of a project: its ledger and its blobs, opened together, and the remote datastore where there is one.
struct RunRecords {
    let location: StoreLocation
    let ledger: RunLedger
    let store: BlobStore
    let remote: RecordsRemote?

    /// Opens them for writing, and makes them where they are missing.
    init(_ location: StoreLocation, remote: RemoteStore? = nil) throws {
        try location.prepare()
        try self.init(location, mode: .write, remote)
    }

    private init(_ location: StoreLocation, mode: LedgerMode, _ remote: RemoteStore?) throws {
        self.location = location
        let ledger = try RunLedger(location, mode: mode, remote: remote?.address.description)
        self.ledger = ledger
        guard let remote, let known = ledger.remote else {
            store = try BlobStore(location, index: ledger)
            self.remote = nil
            return
        }
        let origin = RemoteBlobs(ledger: ledger, objects: remote.objects, remote: known)
        store = try BlobStore(location, index: ledger, origin: origin)
        self.remote = RecordsRemote(remote, known, ledger, store)
    }

    /// Opens them for reading; `nil` where nothing was ever run. A remote may hold what is not here.
    static func existing(at location: StoreLocation, remote: RemoteStore? = nil) throws -> RunRecords? {
        if let remote { return try RunRecords(location, remote: remote) }
        guard location.exists else { return nil }
        do {
            return try RunRecords(location, mode: .read, nil)
        } catch let error as LedgerError where error.fault == .missing {
            return nil
        }
    }

    /// The reader of a run's log, which is fetched first where it is elsewhere.
    func logReader(of run: RunKey) throws -> RunLogReader {
        try bringLog(of: run)
        return try RunLogReader(location, flow: run.flow.text, run: run.run.text)
    }

    /// Fetches what is elsewhere of a run's log.
    func bringLog(of run: RunKey) throws {
        try remote?.bringLog(of: run)
    }

    /// The remote gets the log as it is here, after something was taken out of it.
    func replaceLog(of run: RunKey) throws {
        try remote?.replaceLog(of: run, in: ledger)
    }

    /// Sends what waits of a run to the remote, if there is one.
    func publish(_ run: RunKey) throws {
        try remote?.publish(run)
    }
}

/// What records have to do with a remote datastore.
struct RecordsRemote {
    let store: RemoteStore
    let publisher: RemotePublisher
    private let importer: RecordImporter
    private let logs: RemoteLogs

    init(_ store: RemoteStore, _ known: LedgerRemote, _ ledger: RunLedger, _ blobs: BlobStore) {
        self.store = store
        publisher = RemotePublisher(ledger: ledger, blobs: blobs, objects: store.objects, remote: known)
        importer = RecordImporter(ledger: ledger, objects: store.objects, remote: known)
        logs = RemoteLogs(ledger: ledger, objects: store.objects)
    }

    /// Takes over what others have recorded: everything, or that of a flow or a run. Blocks.
    @discardableResult
    func bringRecords(flow: FlowName? = nil, run: RunID? = nil) throws -> RecordImporter.Summary {
        let importer = importer
        return try waiting { try await importer.importRecords(flow: flow, run: run) }
    }

    func bringLog(of run: RunKey) throws {
        try logs.bring(run)
    }

    func replaceLog(of run: RunKey, in ledger: RunLedger) throws {
        guard let known = ledger.remote, try ledger.isRemote(run, in: known) else { return }
        do {
            try logs.replace(run)
        } catch {
            throw NotPublished(run: run, address: store.address, cause: error)
        }
        try ledger.postScrubbing(of: run, to: known)
        try publish(run)
    }

    /// - Returns: the number of records that were written.
    @discardableResult
    func publish(_ run: RunKey) throws -> Int {
        let publisher = publisher
        do {
            return try waiting { try await publisher.publish(run) }
        } catch {
            throw NotPublished(run: run, address: store.address, cause: error)
        }
    }
}

/// A run that is recorded here and could not be brought to its remote.
struct NotPublished: DiagnosticError {
    var run: RunKey
    var address: RemoteAddress
    var cause: any Error

    var diagnostic: Diagnostic {
        Diagnostic(
            .infrastructure, "the run \(run.flow)/\(run.run) is recorded here, but not everything of it is in \(address)",
            cause: cause, help: "penstock datastore push sends the rest; the next run does so as well")
    }
}
