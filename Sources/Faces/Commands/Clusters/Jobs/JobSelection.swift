import ArgumentParser
import Clusters
import Diagnostics
import FlowModel
import Ledger
import ObjectStores
import Remotes
import RunDriver
import WorkerProtocol

/// Whose jobs are meant: those of the newest run, unless options say otherwise.
struct JobSelection: ParsableArguments {
    @Flag(help: "Those of all of your own runs.")
    var myRuns = false

    @Option(help: ArgumentHelp("Those of all runs of this person.", valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("Those of this run.", valueName: "run"))
    var runId: String?

    /// The runs of the session's flow that are meant, newest first, and the objects of their datastore.
    func runs(in session: FlowSession) throws -> (runs: [RunKey], objects: any ObjectStore) {
        if user != nil, myRuns { throw TagCommandError.exclusive("--user", "--my-runs") }
        if runId != nil, user != nil || myRuns { throw TagCommandError.exclusive("--run-id", user == nil ? "--my-runs" : "--user") }
        let flow = try session.hello().flow.name
        let runs = try FlowRuns(flow, in: session)
        guard let objects = runs.records.remote?.store.objects else { throw JobSelectionError.noRemote }
        if let runId { return ([try runs.run(runId).key], objects) }
        let own = session.username()
        guard myRuns || user != nil else {
            guard let latest = try runs.ledger.runs(RunSearch(flow: flow, username: own, limit: 1)).first else {
                throw JobSelectionError.noRun(flow, user: own)
            }
            return ([latest.key], objects)
        }
        let open = Set(try waiting { try await RunJobs.runs(of: flow, in: objects) })
        let all = try runs.ledger.runs(RunSearch(flow: flow, username: user ?? own)).map(\.key)
        return (all.filter(open.contains), objects)
    }
}

/// Why jobs cannot be looked for.
enum JobSelectionError: DiagnosticError {
    case noRemote
    case noRun(FlowName, user: String)

    var diagnostic: Diagnostic {
        switch self {
        case .noRemote:
            Diagnostic(
                .user, "runs on clusters are kept in a datastore that their nodes reach, and none is named",
                help: "name the one that the run has: --datastore s3, or --datastore-root ADDRESS before the command")
        case .noRun(let flow, let user):
            Diagnostic(.user, "\(user) has no run of \(flow)", help: "name a run with --run-id, or a person with --user")
        }
    }
}
