import Datastore
import Ledger

/// The records of a project: its ledger and its blobs, opened together.
struct RunRecords {
    let location: StoreLocation
    let ledger: RunLedger
    let store: BlobStore

    /// Opens them for writing, and makes them where they are missing.
    init(_ location: StoreLocation) throws {
        try location.prepare()
        self.location = location
        ledger = try RunLedger(location)
        store = try BlobStore(location, index: ledger)
    }

    private init(_ location: StoreLocation, ledger: RunLedger) throws {
        self.location = location
        self.ledger = ledger
        store = try BlobStore(location, index: ledger)
    }

    /// Opens them for reading; `nil` where nothing was ever run.
    static func existing(at location: StoreLocation) throws -> RunRecords? {
        guard location.exists else { return nil }
        do {
            return try RunRecords(location, ledger: try RunLedger(location, mode: .read))
        } catch let error as LedgerError where error.fault == .missing {
            return nil
        }
    }
}
