import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import Ledger
import Remotes

/// `penstock datastore push [FLOW/RUN…]`: sends to a remote datastore what it has not got.
struct DatastorePushCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Send to the remote datastore what it has not got yet.",
        discussion: """
            Without a name, what is left of runs that were recorded with a remote datastore. Runs that are named are sent whole, also \
            those that were recorded without one, with the runs that they were resumed from. Examples:
              penstock datastore push
              penstock datastore push TrainFlow/1763900000000000 --to s3://bucket/prefix
              penstock datastore push TrainFlow --to file:///mnt/shared/runs
            """)

    @Argument(help: ArgumentHelp("FLOW or FLOW/RUN", valueName: "pathspec"), completion: PathspecCompletion.runs)
    var paths: [String] = []

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The remote datastore; by default the one of the settings, or of earlier runs.", valueName: "address"))
    var address: String?

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let chosen = try ChosenRemotes(address, place, in: session)
            guard !chosen.addresses.isEmpty else { throw NoRemote() }
            var outputs: [PushOutput] = []
            for records in try chosen.records(at: place, in: session) {
                guard let remote = records.remote, let known = records.ledger.remote else { continue }
                let runs = try runs(in: records, known)
                outputs.append(try push(runs, records, remote, in: session))
            }
            if json { session.output.writeLine(try JSONText(outputs).text) }
            return 0
        }
    }

    /// The runs that are to be sent, those that were named put into the outbox.
    private func runs(in records: RunRecords, _ remote: LedgerRemote) throws -> [RunKey] {
        guard !paths.isEmpty else { return try records.remote?.publisher.leftovers() ?? [] }
        let found = try paths.flatMap { path in
            let location = try RecordLocation(path, in: records)
            if let run = location.run, location.path.level == .run { return [run] }
            guard location.path.level == .flow else { throw RecordError.wrongDepth(path, wanted: "FLOW or FLOW/RUN") }
            return try records.ledger.runs(RunSearch(flow: location.path.flow)).reversed()
        }
        if let run = found.first(where: { $0.state == .running }) { throw PushError.running(run.key) }
        for run in found { _ = try records.ledger.post(run.key, to: remote) }
        return found.map(\.key)
    }

    private func push(
        _ runs: [RunKey], _ records: RunRecords, _ remote: RecordsRemote, in session: StandaloneSession
    ) throws -> PushOutput {
        var output = PushOutput(remote: remote.store.address.description)
        for run in runs {
            let count = try remote.publish(run)
            output.runs.append(.init(path: "\(run.flow)/\(run.run)", records: count))
            guard !json, count > 0 else { continue }
            session.output.writeLine("\(run.flow)/\(run.run) is in \(output.remote).")
        }
        if !json, !output.runs.contains(where: { $0.records > 0 }) {
            session.output.writeLine("Nothing waits to be sent to \(output.remote).")
        }
        return output
    }
}

/// What was sent to a remote, as `--json` prints it.
struct PushOutput: Encodable {
    struct Run: Encodable {
        var path: String
        /// The record objects that were written.
        var records: Int
    }

    var remote: String
    var runs: [Run] = []
}

/// Why runs cannot be sent.
enum PushError: DiagnosticError {
    case running(RunKey)

    var diagnostic: Diagnostic {
        switch self {
        case .running(let run):
            Diagnostic(
                .user, "\(run.flow)/\(run.run) goes on, and its engine sends it",
                help: "wait until it has ended, or name other runs")
        }
    }
}
