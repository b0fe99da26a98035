import ArgumentParser
import Datastore
import FlowModel
import Ledger
import Remotes

/// `penstock datastore status`: what waits to be sent.
struct DatastoreStatusCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tell what a remote datastore has not got yet. Asks nothing of it.",
        discussion: """
            Whatever runs record stands here first. What could not be sent, since an engine was killed or the datastore could not be \
            reached, waits here; the next run sends it, and so does penstock datastore push.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        let chosen = try ChosenRemotes(nil, place, in: session)
        let outputs = try chosen.records(at: place, in: session).compactMap { try RemoteStatusOutput($0) }
        if json {
            session.output.writeLine(try JSONText(outputs).text)
            return 0
        }
        if outputs.isEmpty { session.output.writeLine("This project has no remote datastore.") }
        for output in outputs { tell(output, in: session) }
        return 0
    }

    private func tell(_ output: RemoteStatusOutput, in session: StandaloneSession) {
        guard !output.waiting.isEmpty else {
            return session.output.writeLine("Nothing waits to be sent to \(output.remote).")
        }
        session.output.writeLine("To be sent to \(output.remote):")
        var table = TextTable("RUN", ">RECORDS", ">SIZE", "SINCE", "")
        for run in output.waiting {
            table.add(
                .init(run.path), .init("\(run.batches)"), .init("\(ByteText(run.bytes))"),
                .init(LocalTime(run.oldest.seconds).toTheSecond), .init(run.running ? "its engine sends it" : ""))
        }
        for line in table.lines(on: session.output, indent: "  ") { session.output.writeLine(line) }
    }
}

/// What waits for a remote, as `--json` prints it.
struct RemoteStatusOutput: Encodable {
    struct Waiting: Encodable {
        var path: String
        /// Transactions of the ledger.
        var batches: Int
        /// Of their entries; the blobs come in addition.
        var bytes: Int64
        var since: UTCText
        /// Whether an engine is at it.
        var running: Bool
        let oldest: WallTime

        private enum CodingKeys: String, CodingKey {
            case path, batches, bytes, since, running
        }
    }

    var remote: String
    var waiting: [Waiting]

    init?(_ records: RunRecords) throws {
        guard let remote = records.ledger.remote else { return nil }
        self.remote = remote.address
        waiting = try records.ledger.outboxRuns(of: remote).map { waiting in
            let run = waiting.run
            return Waiting(
                path: "\(run.flow)/\(run.run)", batches: waiting.batches, bytes: waiting.bytes, since: UTCText(waiting.since),
                running: RunLogReader.isBeingWritten(records.location, flow: run.flow.text, run: run.run.text),
                oldest: waiting.since)
        }
    }
}
