import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import FoundationEssentials
import Ledger
import StoreCare

/// `penstock datastore verify`: whether everything is there, byte for byte.
struct DatastoreVerifyCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read everything that runs have stored, and compare it with its digests.",
        discussion: """
            Artifacts, code packages, cards, snapshots and logs. Exits with 1 if something is missing or damaged. Examples:
              penstock datastore verify
              penstock datastore verify --run TrainFlow/1763900000000000 --json
            """)

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Only what this run needs; may be given several times.", valueName: "pathspec"),
        completion: PathspecCompletion.runs)
    var runs: [String] = []

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let records = try place.records(in: session)
            let wanted = try runs.map { text throws in
                guard let run = try RecordLocation(text, in: records).run else {
                    throw RecordError.wrongDepth(text, wanted: "FLOW/RUN")
                }
                return run.key
            }
            let verification = StoreVerification(
                ledger: records.ledger, store: try BlobStore(records.location, index: records.ledger))
            let width = ProcessInfo.processInfo.activeProcessorCount
            let report = try waitingUnlessInterrupted {
                try await verification.verify(wanted.isEmpty ? nil : wanted, width: width)
            }
            return try tell(VerifiedStoreOutput(report), in: session)
        }
    }

    private func tell(_ output: VerifiedStoreOutput, in session: StandaloneSession) throws -> Int32 {
        if json {
            session.output.writeLine(try JSONText(output).text)
            return output.right ? 0 : 1
        }
        for fault in output.faults { session.output.writeLine("\(fault.kind): \(fault.problem)") }
        for problem in output.damagedLogs { session.output.writeLine("damaged: \(problem)") }
        let what = "\(output.blobs) blob\(output.blobs == 1 ? "" : "s"), \(ByteText(output.bytes)), "
            + "\(output.logs) log\(output.logs == 1 ? "" : "s")"
        session.output.writeLine(output.right ? "All is as it was stored: \(what)." : "Looked at \(what).")
        if !output.right {
            let help = Style.green("help:", on: session.error)
            session.error.writeLine("\(help) restore the files from a backup, or run the flows again to make the artifacts anew")
        }
        return output.right ? 0 : 1
    }
}

/// What a verification found, as `--json` prints it.
struct VerifiedStoreOutput: Encodable {
    struct Fault: Encodable {
        var digest: String
        /// `missing`, `damaged` or `unrecorded`.
        var kind: String
        var problem: String
    }

    var right: Bool
    var blobs: Int
    /// Plain bytes that are right.
    var bytes: Int64
    var logs: Int
    var faults: [Fault]
    var damagedLogs: [String]

    init(_ report: StoreVerification.Report) {
        right = report.isRight
        blobs = report.blobs
        bytes = report.bytes
        logs = report.logs
        faults = report.faults.map { Fault(digest: "\($0.digest)", kind: $0.kind.rawValue, problem: $0.problem) }
        damagedLogs = report.damagedLogs
    }
}
