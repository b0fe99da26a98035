import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import Glibc
import Ledger
import Remotes
import StoreCare

/// `penstock runs delete PATHSPEC…`: takes runs out of the records.
struct RunsDeleteCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete runs: their records, tags and logs.",
        discussion: """
            Runs that resumed a deleted one keep all they have from it. Artifacts stay on the disk until penstock datastore gc \
            --delete frees them. A run that goes on is never deleted. Examples:
              penstock runs delete TrainFlow/1763900000000000
              penstock runs delete TrainFlow --older-than 90 --keep 10
              penstock runs delete TrainFlow --status failed --status abandoned --yes
            """)

    @Argument(
        help: ArgumentHelp("FLOW/RUN; or FLOW with options that choose among its runs.", valueName: "pathspec"),
        completion: PathspecCompletion.runs)
    var paths: [String]

    @Option(help: ArgumentHelp("Of a flow, only runs that began more than so many days ago.", valueName: "days"))
    var olderThan: Double?

    @Option(help: ArgumentHelp("Of a flow, keep so many of the newest runs, whatever else is said.", valueName: "number"))
    var keep: Int?

    @Option(help: "Of a flow, only runs that stand so; may be given several times.")
    var status: [RunsListCommand.Status] = []

    @Option(name: .customLong("tag"), help: "Of a flow, only runs that have this tag; may be given several times.")
    var tags: [String] = []

    @Flag(help: "All runs of the flow.")
    var all = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(name: [.customShort("n"), .long], help: "Delete nothing; tell what would be deleted.")
    var dryRun = false

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    @OptionGroup var place: RecordArguments

    func validate() throws {
        if let olderThan, !(olderThan >= 0 && olderThan < 1e6) {
            throw ValidationError("--older-than is \(olderThan); it must be 0 or more days")
        }
        if let keep, keep < 0 { throw ValidationError("--keep is \(keep); it must be 0 or more") }
        if paths.isEmpty { throw ValidationError("which runs to delete is not said") }
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let history = try place.histories(in: session)
            guard let records = history.records else { throw RunsDeleteError.ofMetaflow(paths[0]) }
            let deletion = RunDeletion(ledger: records.ledger)
            let runs = try chosen(in: history, records)
            // All are looked at before the first is deleted.
            for run in runs { try deletion.check(run) }
            guard try dryRun || runs.isEmpty || isConfirmed(runs, in: session) else {
                session.error.writeLine("Nothing was deleted.")
                return 1
            }
            if !dryRun { for run in runs { try delete(run, deletion, in: records) } }
            try tell(runs, in: session)
            return 0
        }
    }

    /// The remote comes first: what is gone there and still here can be deleted again.
    private func delete(_ run: RunRecord, _ deletion: RunDeletion, in records: RunRecords) throws {
        if let remote = records.remote {
            try deletion.check(run)
            let removal = RemoteDeletion(objects: remote.store.objects)
            try waiting { try await removal.delete(run.key) }
        }
        try deletion.delete(run)
    }

    // MARK: Choosing

    private var isChoosy: Bool { olderThan != nil || keep != nil || !status.isEmpty || !tags.isEmpty }

    private func chosen(in history: RunHistories, _ records: RunRecords) throws -> [RunRecord] {
        var runs: [RunRecord] = []
        for path in paths {
            let location = try RecordLocation(path, in: history)
            if let run = location.run {
                if try history.metaflow(of: run.key) != nil { throw RunsDeleteError.ofMetaflow(path) }
                guard location.path.level == .run, !isChoosy, !all else { throw RunsDeleteError.choosyAboutOneRun(path) }
                runs.append(run)
            } else {
                guard isChoosy || all else { throw RunsDeleteError.wholeFlow(path) }
                runs += try records.ledger.runs(search(of: location.path.flow, .ordinary)).dropFirst(keep ?? 0).filter(isChosen)
                if keep == nil { runs += try records.ledger.runs(search(of: location.path.flow, .spun)).filter(isChosen) }
            }
        }
        var seen: Set<RunKey> = []
        return runs.filter { seen.insert($0.key).inserted }
    }

    private func search(of flow: FlowName, _ kind: RunKind) -> RunSearch {
        RunSearch(flow: flow, kind: kind)
    }

    private func isChosen(_ run: RunRecord) -> Bool {
        let states = status.isEmpty ? [.succeeded, .failed, .abandoned] : status.map(\.state)
        let latest = olderThan.map { WallTime.now().microseconds - Int64($0 * 86_400_000_000) }
        return states.contains(run.state) && (latest.map { run.createdAt.microseconds < $0 } ?? true)
            && Set(tags).isSubset(of: run.userTags + run.systemTags)
    }

    // MARK: Asking and telling

    private func isConfirmed(_ runs: [RunRecord], in session: StandaloneSession) throws -> Bool {
        if yes { return true }
        guard isatty(STDIN_FILENO) == 1, !json else { throw RunsDeleteError.notConfirmed(runs.count) }
        for line in table(of: runs).lines(on: session.error) { session.error.writeLine(line) }
        session.error.write("Delete \(Self.count(runs))? This cannot be undone. [y/N] ")
        let answer = readLine()?.lowercased()
        return answer == "y" || answer == "yes"
    }

    private func tell(_ runs: [RunRecord], in session: StandaloneSession) throws {
        if json {
            let output = Output(dryRun: dryRun, deleted: runs.map { "\($0.key.flow)/\($0.key.run)" })
            return session.output.writeLine(try JSONText(output).text)
        }
        if dryRun { for line in table(of: runs).lines(on: session.output) { session.output.writeLine(line) } }
        session.output.writeLine("\(Self.count(runs)) \(dryRun ? "would be deleted" : "deleted").")
        if !dryRun, !runs.isEmpty {
            let help = Style.green("help:", on: session.error)
            session.error.writeLine("\(help) to free what no other run needs, type: penstock datastore gc --delete")
        }
    }

    private static func count(_ runs: [RunRecord]) -> String { runs.count == 1 ? "1 run" : "\(runs.count) runs" }

    private func table(of runs: [RunRecord]) -> TextTable {
        var table = TextTable("RUN", "STATUS", "STARTED", "TAGS")
        for run in runs {
            table.add(
                .init("\(run.key.flow)/\(run.key.run)"), .init(run.state.rawValue, run.state.style),
                .init(LocalTime(run.createdAt.seconds).toTheSecond), .init(run.userTags.joined(separator: ", ")))
        }
        return table
    }

    private struct Output: Encodable {
        var dryRun: Bool
        var deleted: [String]
    }
}

/// Why runs are not deleted.
private enum RunsDeleteError: DiagnosticError {
    case choosyAboutOneRun(String)
    case wholeFlow(String)
    case notConfirmed(Int)
    case ofMetaflow(String)

    var diagnostic: Diagnostic {
        switch self {
        case .choosyAboutOneRun(let path):
            Diagnostic(
                .usage, "'\(path)' is not a flow whose runs could be chosen among",
                help: "write FLOW/RUN without --older-than, --keep, --status, --tag and --all; or FLOW with them")
        case .wholeFlow(let flow):
            Diagnostic(
                .usage, "which runs of \(flow) to delete is not said",
                help: "write \(flow)/RUN, choose with --older-than, --keep, --status or --tag, or say --all")
        case .ofMetaflow(let path):
            Diagnostic(
                .user, "\(path) is kept by Metaflow, and only read here",
                help: "its folder in .metaflow can be removed when nothing needs it")
        case .notConfirmed(let count):
            Diagnostic(
                .usage, "nobody can be asked whether to delete \(count == 1 ? "1 run" : "\(count) runs")",
                help: "say --yes; --dry-run tells which")
        }
    }
}
