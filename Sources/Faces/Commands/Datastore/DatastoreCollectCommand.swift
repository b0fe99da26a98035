import ArgumentParser
import Datastore
import Diagnostics
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
            """)

    @Flag(help: "Remove it; without this, nothing is changed.")
    var delete = false

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let records = try place.records(in: session)
            let collection = StoreCollection(
                ledger: records.ledger, store: try BlobStore(records.location, index: records.ledger))
            let report = try delete ? collection.collect() : collection.rehearse()
            try tell(CollectedStoreOutput(report, isRehearsal: !delete), in: session)
            return 0
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
