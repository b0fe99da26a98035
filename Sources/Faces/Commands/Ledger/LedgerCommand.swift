import ArgumentParser
import Diagnostics
import FlowModel
import Ledger
import Remotes

/// `penstock ledger`: what is recorded of runs.
struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Take over what a remote datastore tells of runs.",
        subcommands: [LedgerImportCommand.self])
}

/// `penstock ledger import`: takes over the records of a remote datastore.
struct LedgerImportCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take over what others have recorded in the remote datastore.",
        discussion: """
            Commands that look at runs do this by themselves where settings name a remote datastore. A ledger that was lost can be \
            made again so: move what is left of it away, and import. Artifacts stay where they are until somebody reads them. Examples:
              penstock ledger import --from s3://bucket/prefix
              penstock ledger import TrainFlow/1763900000000000
            """)

    @Argument(help: ArgumentHelp("FLOW or FLOW/RUN; everything without it", valueName: "pathspec"))
    var path: String?

    @Option(help: ArgumentHelp("The remote datastore; by default the one of the settings.", valueName: "address"))
    var from: String?

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let path = try wanted()
            let address = try from.map { try RemoteAddress(parsing: $0) } ?? place.remoteAddress(in: session)
            guard let address else { throw NoRemoteToImport() }
            let records = try RunRecords(
                place.location(session.environment),
                remote: try RemoteStore(opening: address, environment: session.environment))
            guard let summary = try records.remote?.bringRecords(flow: path?.flow, run: path?.run) else { return 0 }
            try tell(ImportedRecordsOutput(summary, from: address), in: session)
            return 0
        }
    }

    private func wanted() throws -> Pathspec? {
        guard let path else { return nil }
        let parsed: Pathspec
        do {
            parsed = try Pathspec(parsing: path)
        } catch {
            throw RecordError.badPath(path, error)
        }
        guard parsed.level == .flow || parsed.level == .run else {
            throw RecordError.wrongDepth(path, wanted: "FLOW or FLOW/RUN")
        }
        return parsed
    }

    private func tell(_ output: ImportedRecordsOutput, in session: StandaloneSession) throws {
        if json { return session.output.writeLine(try JSONText(output).text) }
        for run in output.runs { session.output.writeLine(run) }
        session.error.writeLine(
            output.runs.isEmpty
                ? "There is nothing in \(output.remote) that is not here."
                : "\(output.records) \(output.records == 1 ? "record" : "records") of \(output.runs.count) "
                    + "\(output.runs.count == 1 ? "run" : "runs") taken over from \(output.remote).")
    }
}

/// What was taken over, as `--json` prints it.
struct ImportedRecordsOutput: Encodable {
    var remote: String
    var runs: [String]
    /// The record objects that were new.
    var records: Int

    init(_ summary: RecordImporter.Summary, from address: RemoteAddress) {
        remote = address.description
        runs = summary.runs.map { "\($0.flow)/\($0.run)" }.sorted()
        records = summary.records
    }
}

/// An import without a place to import from.
struct NoRemoteToImport: DiagnosticError {
    var diagnostic: Diagnostic {
        Diagnostic(
            .usage, "it is not said which remote datastore is meant",
            help: "write --from s3://BUCKET/PREFIX, or set METAFLOW_DEFAULT_DATASTORE and METAFLOW_DATASTORE_SYSROOT_S3")
    }
}
