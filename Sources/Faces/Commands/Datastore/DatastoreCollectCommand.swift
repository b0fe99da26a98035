import ArgumentParser
import Datastore
import Diagnostics
import Ledger
import Remotes
import StoreCare

/// `penstock datastore gc`: frees what no run needs.
struct DatastoreCollectCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Tell what no run needs any more, or remove it with --delete.",
        discussion: """
            What goes: artifacts, code, cards and snapshots of runs that were deleted, their logs, and what engines left that were \
            killed. Every run that `penstock runs` lists keeps all it has. While an engine stores, nothing is removed. Examples:
              penstock runs delete TrainFlow --older-than 90
              penstock datastore gc
              penstock datastore gc --delete
              penstock datastore gc --remote --delete

            Blobs come to a remote datastore before the records that mention them: what is younger than a day stays there. Nobody \
            else should publish a run to it meanwhile.
            """)

    @Flag(help: "Remove it; without this, nothing is changed.")
    var delete = false

    @Flag(help: "The remote datastore, in place of this project's folder.")
    var remote = false

    @Option(help: ArgumentHelp("In the remote datastore, only what was stored so many days ago or earlier.", valueName: "days"))
    var olderThan: Double = 1

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    @OptionGroup var place: RecordArguments

    func validate() throws {
        guard olderThan >= 0, olderThan < 1e6 else {
            throw ValidationError("--older-than is \(olderThan); it must be 0 or more days")
        }
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let records = try place.records(in: session)
            if remote {
                try tell(try collectRemote(records), in: session)
                return 0
            }
            let collection = StoreCollection(
                ledger: records.ledger, store: try BlobStore(records.location, index: records.ledger))
            let report = try delete ? collection.collect() : collection.rehearse()
            try tell(CollectedStoreOutput(report, isRehearsal: !delete), in: session)
            return 0
        }
    }

    private func collectRemote(_ records: RunRecords) throws -> CollectedRemoteOutput {
        guard let remote = records.remote, let known = records.ledger.remote else { throw NoRemoteError() }
        // Every run counts, whoever ran it.
        try remote.bringRecords()
        let collection = RemoteCollection(ledger: records.ledger, remote: known, objects: remote.store.objects)
        let latest = WallTime.now().microseconds / 1_000_000 - Int64(olderThan * 86_400)
        let delete = delete
        let report = try waitingUnlessInterrupted { try await collection.collect(before: latest, isRehearsal: !delete) }
        return CollectedRemoteOutput(report, isRehearsal: !delete)
    }

    private func tell(_ output: CollectedRemoteOutput, in session: StandaloneSession) throws {
        if json { return session.output.writeLine(try JSONText(output).text) }
        let what = output.objects == 1 ? "1 object" : "\(output.objects) objects"
        session.output.writeLine("\(what), \(ByteText(output.freed)) \(output.dryRun ? "would be freed" : "freed").")
        if output.kept > 0 { session.error.writeLine("\(output.kept) younger than \(olderThan) days stay.") }
        if output.dryRun, output.freed > 0 {
            session.error.writeLine(Style.green("help:", on: session.error) + " type: penstock datastore gc --remote --delete")
        }
    }

    private func tell(_ output: CollectedStoreOutput, in session: StandaloneSession) throws {
        if json { return session.output.writeLine(try JSONText(output).text) }
        var table = TextTable("WHAT", ">FILES", ">SIZE")
        for (words, item) in [
            ("large blobs that no run needs", output.looseFiles), ("packs that no run needs", output.deadPacks),
            ("packs that no run needs more than half of", output.rewrittenPacks),
            ("blobs that no record tells of", output.unknownFiles), ("logs of runs that are gone", output.logs),
        ] where item.files > 0 {
            table.add(.init(words), .init("\(item.files)"), .init("\(ByteText(item.bytes))"))
        }
        if !table.isEmpty {
            for line in table.lines(on: session.output, indent: "  ") { session.output.writeLine(line) }
        }
        session.output.writeLine("\(ByteText(output.freed)) \(output.dryRun ? "would be freed" : "freed").")
        for problem in output.damaged { session.error.writeLine("left as it is: \(problem)") }
        if output.dryRun, output.freed > 0 {
            session.error.writeLine(Style.green("help:", on: session.error) + " type: penstock datastore gc --delete")
        }
    }
}

/// What was freed in a remote datastore, or would be, as `--json` prints it.
struct CollectedRemoteOutput: Encodable {
    var dryRun: Bool
    /// In bytes.
    var freed: Int64
    var objects: Int
    /// Objects that no run needs and that are too young to go.
    var kept: Int

    init(_ report: RemoteCollection.Report, isRehearsal: Bool) {
        dryRun = isRehearsal
        freed = report.freed
        objects = report.objects
        kept = report.kept
    }
}

/// What a collection freed, or would, as `--json` prints it.
struct CollectedStoreOutput: Encodable {
    struct Item: Encodable {
        var files: Int
        var bytes: Int64

        init(_ amount: StoreCollection.Amount) {
            files = amount.files
            bytes = amount.bytes
        }
    }

    var dryRun: Bool
    /// In bytes.
    var freed: Int64
    /// Blobs that a record told of and no run needed.
    var blobs: Int
    var looseFiles: Item
    var deadPacks: Item
    var rewrittenPacks: Item
    var unknownFiles: Item
    var logs: Item
    var damaged: [String]

    init(_ report: StoreCollection.Report, isRehearsal: Bool) {
        dryRun = isRehearsal
        freed = report.freed
        blobs = report.blobs
        looseFiles = Item(report.looseFiles)
        deadPacks = Item(report.deadPacks)
        rewrittenPacks = Item(report.rewrittenPacks)
        unknownFiles = Item(report.unknownFiles)
        logs = Item(report.logs)
        damaged = report.damaged
    }
}
