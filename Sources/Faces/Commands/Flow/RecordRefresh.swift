import Diagnostics
import FlowModel
import Ledger
import Remotes

/// Takes over what a remote datastore has, before somebody looks.
struct RecordRefresh {
    private let records: RunRecords
    private let warnings: Terminal

    init(_ records: RunRecords, warnings: Terminal) {
        self.records = records
        self.warnings = warnings
    }

    /// A remote that cannot be reached is a warning where there is something to look at without it.
    func refresh(flow: FlowName? = nil, run: RunID? = nil) throws {
        guard let remote = records.remote else { return }
        do {
            try remote.bringRecords(flow: flow, run: run)
        } catch {
            guard try isSomethingHere(flow) else { throw error }
            let diagnostic = DiagnosticRenderer.diagnostic(of: error)
            warnings.writeLine(
                Style.yellow("warning:", on: warnings) + " \(remote.store.address) could not be asked, so what is shown "
                    + "may be out of date: \(diagnostic.headline)")
        }
    }

    private func isSomethingHere(_ flow: FlowName?) throws -> Bool {
        if let flow { return try records.ledger.flow(flow) != nil }
        return try !records.ledger.flows().isEmpty
    }
}
