import Archives
package import Datastore
import Digests
import FlowModel
package import Ledger
package import ObjectStores

/// Brings a run into a remote, as far as it is recorded: what waits in the outbox, and the log.
///
/// One at a time for each run and process. Nothing is lost when it is killed: what the remote did not get stays in the outbox.
package struct RunPublication: Sendable {
    private let run: RunKey
    private let ledger: RunLedger
    private let blobs: BlobStore
    private let objects: any ObjectStore
    private let remote: LedgerRemote
    private let uploads: BlobUploads
    private let seen: SeenObjects
    private var logs: LogUploads
    /// The number of the next record; `nil` until the remote was asked.
    private var next: Int?
    /// When the remote last got a sign of life.
    private var lastSign: ContinuousClock.Instant?

    /// How long others hear nothing of a run that goes on, besides the pause between two looks into the outbox.
    private static let silence: Duration = .seconds(RunLedger.patienceWithOthers / 3 - 10)

    /// - Parameter seen: of this process, when it publishes several runs.
    package init(
        of run: RunKey, ledger: RunLedger, blobs: BlobStore, objects: any ObjectStore, remote: LedgerRemote,
        seen: SeenObjects = SeenObjects()
    ) {
        self.run = run
        self.ledger = ledger
        self.blobs = blobs
        self.objects = objects
        self.remote = remote
        self.seen = seen
        uploads = BlobUploads(ledger: ledger, blobs: blobs, objects: objects, remote: remote, seen: seen)
        logs = LogUploads(location: ledger.location, objects: objects, run: run)
    }

    /// Publishes until nothing waits.
    ///
    /// - Returns: the number of records that were written.
    package mutating func publish() async throws -> Int {
        var count = 0
        while try await publishNext() { count += 1 }
        try await logs.send()
        return count
    }

    /// The same for a run that goes on: others hear of it also when nothing happens.
    mutating func publishWhileAlive() async throws {
        let isNew = try await publish() > 0 && lastSign == nil
        guard isNew || lastSign.map({ ContinuousClock.now - $0 > Self.silence }) ?? false else { return }
        try await objects.put(Array("\(WallTime.now().microseconds)\n".utf8), as: try RemoteLayout.signOfLife(of: run))
        lastSign = .now
    }

    /// The end is recorded; nobody needs the sign any more, so that it does not matter when it stays.
    func removeSign() async {
        guard lastSign != nil, let key = try? RemoteLayout.signOfLife(of: run) else { return }
        try? await objects.remove([key])
    }

    /// One record with the oldest batches; false when there are none.
    private mutating func publishNext() async throws -> Bool {
        if next == nil { next = try await begin() }
        let batches = try await batches()
        guard let first = batches.first, let last = batches.last else { return false }
        let entries = batches.flatMap(\.entries)
        try await publishOrigins(of: entries)
        let mentioned = MentionedBlobs(entries)
        let places = try await uploads.send(try await whereabouts(of: mentioned))
        // The log first: an attempt's part of it is named by its entries.
        try await logs.send()
        let header = RecordObject.Header(run, writer: remote.writer, first: first.number, last: last.number)
        let record = RecordObject(header: header, entries: mentioned.entries(with: places))
        guard let number = try await put(record) else {
            next = nil
            return true
        }
        try await BlockingWork.run { [ledger, remote, run] () throws(LedgerError) in
            try ledger.published(batches.map(\.number), as: number, of: run, blobs: [], to: remote)
        }
        next = number + 1
        return true
    }

    private func batches() async throws -> [OutboxBatch] {
        try await BlockingWork.run { [ledger, remote, run] () throws(LedgerError) in
            try ledger.outbox(of: run, for: remote, limit: 4 << 20)
        }
    }

    // MARK: Records

    /// Looks what the remote has of the run. An engine that was killed may have put a record without learning of it.
    private func begin() async throws -> Int {
        let numbers = try await objects.all(RemoteLayout.records(of: run)).compactMap { RemoteLayout.record(named: $0.key)?.number }
        guard let newest = numbers.max() else { return 1 }
        let known = try await BlockingWork.run { [ledger, remote, run] () throws(LedgerError) in
            try ledger.seenRecords(from: remote, flow: run.flow, run: run.run)[run] ?? []
        }
        for number in numbers.sorted() where !known.contains(number) {
            guard let header = try await header(of: number), header.writer == remote.writer else { continue }
            let sent = try await batches().map(\.number).filter { (header.first...max(header.first, header.last)).contains($0) }
            guard !sent.isEmpty else { continue }
            try await BlockingWork.run { [ledger, remote, run] () throws(LedgerError) in
                try ledger.published(sent, as: number, of: run, blobs: [], to: remote)
            }
        }
        return newest + 1
    }

    private func header(of number: Int) async throws -> RecordObject.Header? {
        let key = try RemoteLayout.record(number, of: run)
        guard let text = try await objects.read(key) else { return nil }
        do {
            return try RecordObject.header(text)
        } catch {
            throw RemoteError("\(objects.address)/\(key)", error)
        }
    }

    /// Puts a record under the first number that is free.
    ///
    /// - Returns: `nil` when another process of this project sends the run too: what it has sent is seen by looking again.
    private func put(_ record: RecordObject) async throws -> Int? {
        let text = Array(try record.text())
        var number = next ?? 1
        while try await objects.put(text, as: try RemoteLayout.record(number, of: run), .ifAbsent) == .wasThere {
            // An answer that was lost on its way looks as if somebody else had been there.
            let there = try await header(of: number)
            if there == record.header { return number }
            if there?.writer == remote.writer { return nil }
            number += 1
        }
        return number
    }

    // MARK: What belongs to it

    /// Runs that this one takes artifacts from have to be there as well.
    private func publishOrigins(of entries: [LedgerEntry]) async throws {
        for origin in ReferredRuns(entries, of: run).keys {
            let isPosted = try await BlockingWork.run { [ledger, remote] () throws(LedgerError) in
                try ledger.post(origin, to: remote)
            }
            guard isPosted else { continue }
            var publication = RunPublication(
                of: origin, ledger: ledger, blobs: blobs, objects: objects, remote: remote, seen: seen)
            _ = try await publication.publish()
        }
    }

    /// Where the mentioned blobs are here.
    private func whereabouts(of mentioned: MentionedBlobs) async throws -> [SHA256Digest: StoredBlob] {
        let unplaced = mentioned.digests.filter { mentioned.places[$0] == nil }
        let known = try await BlockingWork.run { [ledger] () throws(LedgerError) in
            var known: [SHA256Digest: StoredBlob] = [:]
            for digest in unplaced { known[digest] = try ledger.blob(digest) }
            return known
        }
        return mentioned.places.merging(known) { place, _ in place }
    }
}
