import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import FoundationEssentials
import Ledger
import Remotes
import StoreCare

/// `penstock datastore verify`: whether everything is there, byte for byte.
struct DatastoreVerifyCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read everything that runs have stored, and compare it with its digests.",
        discussion: """
            Artifacts, code packages, cards, snapshots and logs. Exits with 1 if something is missing or damaged. Examples:
              penstock datastore verify
              penstock datastore verify --run TrainFlow/1763900000000000 --json
              penstock datastore verify --remote

            What is only in a remote datastore is not missing; --remote reads that too, which fetches all of it.
            """)

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Only what this run needs; may be given several times.", valueName: "pathspec"),
        completion: PathspecCompletion.runs)
    var runs: [String] = []

    @Flag(help: "Also read everything in the remote datastore.")
    var remote = false

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
                ledger: records.ledger, store: try BlobStore(records.location, index: records.ledger),
                remote: records.ledger.remote)
            let there = try remote ? remoteVerification(records) : nil
            let width = ProcessInfo.processInfo.activeProcessorCount
            let report = try waitingUnlessInterrupted {
                var report = try await verification.verify(wanted.isEmpty ? nil : wanted, width: width)
                if let there { report.add(try await there.verify(wanted.isEmpty ? nil : wanted, width: width)) }
                return report
            }
            return try tell(VerifiedStoreOutput(report), in: session)
        }
    }

    private func remoteVerification(_ records: RunRecords) throws -> RemoteVerification {
        guard let remote = records.remote, let known = records.ledger.remote else { throw NoRemoteError() }
        return RemoteVerification(ledger: records.ledger, remote: known, objects: remote.store.objects)
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
        if output.elsewhere > 0 {
            session.output.writeLine("\(output.elsewhere) blob\(output.elsewhere == 1 ? " is" : "s are") only in the remote datastore.")
        }
        session.output.writeLine(output.right ? "All is as it was stored: \(what)." : "Looked at \(what).")
        if !output.right {
            let help = Style.green("help:", on: session.error)
            session.error.writeLine("\(help) restore the files from a backup, or run the flows again to make the artifacts anew")
        }
        return output.right ? 0 : 1
    }
}

/// There is no remote datastore.
struct NoRemoteError: DiagnosticError {
    var diagnostic: Diagnostic {
        Diagnostic(
            .usage, "no remote datastore is known here",
            help: "name one with --root s3://bucket/prefix, or set PENSTOCK_DATASTORE_ROOT")
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
    /// Blobs that are only in the remote datastore.
    var elsewhere: Int
    var faults: [Fault]
    var damagedLogs: [String]

    init(_ report: StoreVerification.Report) {
        right = report.isRight
        blobs = report.blobs
        bytes = report.bytes
        logs = report.logs
        elsewhere = report.elsewhere
        faults = report.faults.map { Fault(digest: "\($0.digest)", kind: $0.kind.rawValue, problem: $0.problem) }
        damagedLogs = report.damagedLogs
    }
}
