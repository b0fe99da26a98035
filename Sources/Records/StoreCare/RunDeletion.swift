package import Datastore
package import Diagnostics
import FlowModel
package import Ledger

/// Takes runs out of a store: their records, tags and logs. Bytes that no run needs then are freed by `StoreCollection`.
package struct RunDeletion: Sendable {
    private let ledger: RunLedger
    private let files: StoreFiles

    package init(ledger: RunLedger) {
        self.ledger = ledger
        files = StoreFiles(ledger.location)
    }

    /// Whether a run can be deleted now.
    ///
    /// - Throws: `RunDeletionError` for one that goes on, or whose results one has that goes on.
    package func check(_ run: RunRecord) throws {
        if run.state == .running { throw RunDeletionError.running(run.key) }
        if let heir = try ledger.runningHeirs(of: run.key).first { throw RunDeletionError.neededBy(run.key, heir.key) }
    }

    /// Deletes a run.
    package func delete(_ run: RunRecord) throws {
        try check(run)
        _ = try ledger.delete(run.key)
        _ = try files.removeLog(flow: run.key.flow.text, run: run.key.run.text)
    }
}

/// Why a run cannot be deleted.
package enum RunDeletionError: DiagnosticError {
    case running(RunKey)
    case neededBy(RunKey, RunKey)

    package var diagnostic: Diagnostic {
        switch self {
        case .running(let run):
            Diagnostic(
                .user, "\(run.flow)/\(run.run) goes on, and cannot be deleted", help: "stop it first, or wait until it has ended")
        case .neededBy(let run, let heir):
            Diagnostic(
                .user, "\(run.flow)/\(run.run) cannot be deleted now: \(heir.flow)/\(heir.run) was resumed from it and goes on",
                help: "wait until that run has ended")
        }
    }
}
