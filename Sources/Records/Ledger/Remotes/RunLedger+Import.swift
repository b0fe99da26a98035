import Datastore
package import FlowModel
import GRDB
import Synchronization

extension RunLedger {
    /// The records of a remote that are in this ledger, by run.
    ///
    /// - Parameters:
    ///   - flow: only those of its runs.
    ///   - run: only those of this run of the flow.
    package func seenRecords(
        from remote: LedgerRemote, flow: FlowName? = nil, run: RunID? = nil
    ) throws(LedgerError) -> [RunKey: Set<Int>] {
        try connection.access { database in
            var conditions = ["remote = ?"]
            var arguments: StatementArguments = [remote.row]
            if let flow { (conditions, arguments) = (conditions + ["flow = ?"], arguments + [flow.text]) }
            if let run { (conditions, arguments) = (conditions + ["run = ?"], arguments + [run.text]) }
            let statement = try database.cachedStatement(
                sql: "SELECT flow, run, number FROM seen_record WHERE " + conditions.joined(separator: " AND "))
            let rows = try Row.fetchCursor(statement, arguments: arguments)
            var seen: [RunKey: Set<Int>] = [:]
            while let row = try rows.next() {
                let key = RunKey(flow: FlowName(try row.required("flow")), run: RunID(try row.required("run")))
                seen[key, default: []].insert(try row.required("number"))
            }
            return seen
        }
    }

    /// Takes over a record of a remote, all of it or nothing, once.
    ///
    /// Its blobs are known to be in the remote from then on; where they are here already, that stays so.
    ///
    /// - Returns: false when the record was taken over before.
    package func take(
        _ entries: [LedgerEntry], of run: RunKey, record number: Int, from remote: LedgerRemote
    ) throws(LedgerError) -> Bool {
        try connection.write { database in
            let known = try database.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM seen_record WHERE remote = ? AND flow = ? AND run = ? AND number = ?)")
            let arguments: StatementArguments = [remote.row, run.flow.text, run.run.text, number]
            if try Bool.fetchOne(known, arguments: arguments) ?? false { return false }
            var writer = EntryWriter(database: database, run: run, row: nil, importedFrom: remote.row)
            for entry in entries { try writer.write(entry) }
            try note(number, of: run, from: remote, database)
            return true
        }
    }

    /// For how long after a sign of life a run of others counts as going on, in seconds. Engines give one at least every
    /// third of that.
    package static let patienceWithOthers: Int64 = 90

    /// The remote shows when runs of others were last heard of.
    ///
    /// - Parameter signs: in seconds since 1970.
    package func note(signsOfLife signs: [RunKey: Int64]) {
        let oldest = Int64(WallTime.now().seconds) - Self.patienceWithOthers
        signsOfLife.withLock { known in
            known = known.filter { $0.value >= oldest }
            for (run, time) in signs where time >= oldest { known[run] = max(time, known[run] ?? time) }
        }
    }

    func isHeardOf(_ run: RunKey) -> Bool {
        let oldest = Int64(WallTime.now().seconds) - Self.patienceWithOthers
        return signsOfLife.withLock { $0[run].map { $0 >= oldest } ?? false }
    }

    /// Notes that a record of a remote says nothing that is not here.
    package func skip(record number: Int, of run: RunKey, from remote: LedgerRemote) throws(LedgerError) {
        try connection.write { try note(number, of: run, from: remote, $0) }
    }
}
