import Archives
package import FlowModel
package import Ledger
package import ObjectStores

/// Takes over what others have recorded in a remote.
package struct RecordImporter: Sendable {
    /// What was taken over.
    package struct Summary: Sendable, Hashable {
        package var runs: Set<RunKey> = []
        package var records = 0
    }

    private let ledger: RunLedger
    private let objects: any ObjectStore
    private let remote: LedgerRemote

    /// Records that are fetched at a time.
    private static let width = 16

    package init(ledger: RunLedger, objects: any ObjectStore, remote: LedgerRemote) {
        self.ledger = ledger
        self.objects = objects
        self.remote = remote
    }

    /// Takes over the records that this ledger lacks; of one flow or one run where they are named.
    ///
    /// Runs that those refer to come along. What was taken over before something fails stays.
    package func importRecords(flow: FlowName? = nil, run: RunID? = nil) async throws -> Summary {
        var taking = Taking(importer: self)
        let (found, signs) = try await records(RemoteLayout.records(flow: flow, run: flow == nil ? nil : run))
        ledger.note(signsOfLife: signs)
        let seen = try await BlockingWork.run { [ledger, remote] () throws(LedgerError) in
            try ledger.seenRecords(from: remote, flow: flow, run: flow == nil ? nil : run)
        }
        for (run, numbers) in found { taking.missing[run] = numbers.subtracting(seen[run] ?? []) }
        for runs in Self.portions(of: taking.missing) {
            try await taking.fetch(runs)
            for run in runs { try await taking.take(run) }
        }
        return taking.summary
    }

    /// Runs in their order, gathered so that their records are fetched at the same time.
    private static func portions(of missing: [RunKey: Set<Int>]) -> [[RunKey]] {
        var portions: [[RunKey]] = []
        var count = width
        for run in missing.keys.sorted(by: isEarlier) {
            let records = missing[run]?.count ?? 0
            if records == 0 { continue }
            if count + records > width {
                portions.append([])
                count = 0
            }
            portions[portions.count - 1].append(run)
            count += records
        }
        return portions
    }

    /// Ids of runs are times, mostly.
    private static func isEarlier(_ left: RunKey, _ right: RunKey) -> Bool {
        (left.flow, left.run) < (right.flow, right.run)
    }

    /// The numbers of records by run, and when engines last gave a sign of life.
    private func records(_ prefix: String) async throws -> (numbers: [RunKey: Set<Int>], signs: [RunKey: Int64]) {
        var found: [RunKey: Set<Int>] = [:]
        var signs: [RunKey: Int64] = [:]
        for object in try await objects.all(prefix) {
            if let (run, number) = RemoteLayout.record(named: object.key) {
                found[run, default: []].insert(number)
            } else if let run = RemoteLayout.sign(named: object.key) {
                signs[run] = object.modified
            }
        }
        return (found, signs)
    }

    private struct Taking {
        let importer: RecordImporter
        var missing: [RunKey: Set<Int>] = [:]
        var summary = Summary()
        private var fetched: [Wanted: RecordObject] = [:]

        init(importer: RecordImporter) {
            self.importer = importer
        }

        /// Fetches the first records of runs that are taken next.
        mutating func fetch(_ runs: [RunKey]) async throws {
            let wanted = runs.flatMap { run in
                (missing[run] ?? []).sorted().prefix(RecordImporter.width).map { Wanted(run: run, number: $0) }
            }
            fetched = try await importer.fetch(wanted)
        }

        mutating func take(_ run: RunKey) async throws {
            guard let numbers = missing.removeValue(forKey: run), !numbers.isEmpty else { return }
            var rest = numbers.sorted().map { Wanted(run: run, number: $0) }[...]
            while !rest.isEmpty {
                let batch = rest.prefix(RecordImporter.width)
                rest = rest.dropFirst(RecordImporter.width)
                let unknown = batch.filter { fetched[$0] == nil }
                if !unknown.isEmpty { fetched.merge(try await importer.fetch(unknown)) { _, new in new } }
                for wanted in batch {
                    // One that is gone by now was removed with its run.
                    guard let record = fetched.removeValue(forKey: wanted) else { continue }
                    try await take(record, wanted.number, of: run)
                }
            }
        }

        private mutating func take(_ record: RecordObject, _ number: Int, of run: RunKey) async throws {
            for origin in ReferredRuns(record.entries, of: run).keys {
                try await find(origin)
                try await take(origin)
            }
            let isNew = try await BlockingWork.run { [importer] () throws(LedgerError) in
                try importer.take(record, number, of: run)
            }
            guard isNew else { return }
            summary.runs.insert(run)
            summary.records += 1
        }

        /// A run that is referred to and was not asked for.
        private mutating func find(_ run: RunKey) async throws {
            guard missing[run] == nil else { return }
            let isKnown = try await BlockingWork.run { [importer] () throws(LedgerError) in
                try importer.ledger.run(run) != nil
            }
            guard !isKnown else { return }
            missing[run] = try await importer.records(RemoteLayout.records(of: run)).numbers[run]
        }
    }

    /// A record by its place.
    private struct Wanted: Hashable {
        var run: RunKey
        var number: Int
    }

    /// Several records at once; without those that are not there any more.
    private func fetch(_ wanted: [Wanted]) async throws -> [Wanted: RecordObject] {
        try await withThrowingTaskGroup(of: (Wanted, RecordObject?).self) { group in
            for place in wanted { group.addTask { (place, try await fetch(place)) } }
            var found: [Wanted: RecordObject] = [:]
            for try await (place, record) in group { found[place] = record }
            return found
        }
    }

    private func fetch(_ wanted: Wanted) async throws -> RecordObject? {
        let key = try RemoteLayout.record(wanted.number, of: wanted.run)
        guard let text = try await objects.read(key) else { return nil }
        do throws(RemoteFault) {
            let record = try RecordObject(text)
            guard record.header.flow == wanted.run.flow, record.header.run == wanted.run.run else { throw .wrongPlace }
            return record
        } catch {
            throw RemoteError("\(objects.address)/\(key)", error)
        }
    }

    /// What this ledger has written itself is in it.
    private func take(_ record: RecordObject, _ number: Int, of run: RunKey) throws(LedgerError) -> Bool {
        if record.header.writer == remote.writer, try ledger.run(run) != nil {
            try ledger.skip(record: number, of: run, from: remote)
            return false
        }
        guard try ledger.take(record.entries, of: run, record: number, from: remote) else { return false }
        for case .logScrubbed in record.entries { try? RemoteLogs(ledger: ledger, objects: objects).forget(run) }
        return true
    }
}
