package import Datastore
import Diagnostics
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The record of a project's runs.
///
/// One engine writes with one `RunLedger` from one thread; it may read from any. Other processes have ledgers of their
/// own and see each commit whole or not at all. All calls block, for at most `LedgerOptions.patience` when other
/// processes write.
package final class RunLedger: Sendable {
    package let location: StoreLocation
    // Internal to the room: extensions in other files use it.
    let connection: LedgerConnection
    let runRows = Mutex<[RunKey: Int64]>([:])
    /// The remote that gets all that is committed, through the outbox.
    package let remote: LedgerRemote?
    /// When runs of others were last heard of in the remote, in seconds since 1970.
    let signsOfLife = Mutex<[RunKey: Int64]>([:])
    /// Runs that the remote has, or will have by the outbox.
    let remoteRuns = Mutex<Set<RunKey>>([])

    /// Opens the ledger of a project's folder.
    ///
    /// - Parameter remote: the address of a remote datastore. What is committed goes to its outbox as well, in the same
    ///   transaction.
    package init(
        _ location: StoreLocation, mode: LedgerMode = .write, remote: String? = nil, options: LedgerOptions = LedgerOptions()
    ) throws(LedgerError) {
        self.location = location
        switch mode {
        case .write:
            do throws(DatastoreError) { try location.prepare() } catch {
                throw LedgerError(path: location.ledger.string, .system(error.diagnostic.headline))
            }
        case .read:
            guard access(location.ledger.string, F_OK) == 0 else {
                throw LedgerError(path: location.ledger.string, .missing)
            }
        }
        let connection = try LedgerConnection(path: location.ledger.string, options: options)
        self.connection = connection
        self.remote = try remote.map { address throws(LedgerError) in try LedgerRemote.known(at: address, connection) }
        // What an engine that was killed left is read by every process that opens the ledger, until someone settles it.
        if mode == .write { try connection.settle(beyond: 4 << 20) }
    }

    /// Ends a stretch of writing: moves what is in the write-ahead log to the ledger's file when that is more than a
    /// mebibyte, so that the next process opens it quickly. Not needed for safety; about every tenth small run pays
    /// for it.
    package func settle() throws(LedgerError) {
        try connection.settle(beyond: 1 << 20)
    }
}
