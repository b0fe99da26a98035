import ArgumentParser
import Clusters
import Diagnostics
import FlowModel
import Ledger
import RunDriver

/// A kind of cluster that flows have commands for.
protocol ClusterKind {
    /// `slurm`, `kubernetes` or `batch`.
    static var name: String { get }
    /// As people write it.
    static var title: String { get }
}

enum SlurmCluster: ClusterKind {
    static let name = "slurm"
    static let title = "Slurm"
}

enum KubernetesCluster: ClusterKind {
    static let name = "kubernetes"
    static let title = "Kubernetes"
}

enum BatchCluster: ClusterKind {
    static let name = "batch"
    static let title = "AWS Batch"
}

/// `slurm`, `kubernetes`, `batch`: the jobs that the runs of this flow have on a cluster.
struct ClusterCommand<Kind: ClusterKind>: FlowCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Kind.name, abstract: "List or kill the tasks of this flow that are on \(Kind.title).",
            subcommands: [ClusterListCommand<Kind>.self, ClusterKillCommand<Kind>.self])
    }

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 { throw CleanExit.helpRequest(Self.self) }
}

/// `slurm list` and its kin.
struct ClusterListCommand<Kind: ClusterKind>: FlowCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list", abstract: "List the tasks that wait or run on \(Kind.title): those of your newest run by default.")
    }

    @ParentCommand var parent: ClusterCommand<Kind>
    var root: FlowCommandLine { parent.root }

    @OptionGroup var selection: JobSelection

    @Flag(help: "Print JSON.")
    var json = false

    func perform(in session: FlowSession) throws -> Int32 {
        let listing = try Self.listing(selection, in: session).listing
        if json {
            session.output.writeLine(try listing.json().text)
        } else if listing.jobs.isEmpty {
            session.error.writeLine("No tasks are on \(Kind.title).")
        } else {
            for line in listing.table().lines(on: session.output, cutsLast: true) { session.output.writeLine(line) }
        }
        return 0
    }

    fileprivate static func listing(
        _ selection: JobSelection, in session: FlowSession
    ) throws -> (listing: JobListing, executor: any ClusterExecutor) {
        let (runs, objects) = try selection.runs(in: session)
        let executor = try ClusterFactory(settings: session.settings).executor(named: Kind.name)
        var listing = JobListing()
        for run in runs {
            listing.add(try waiting { try await RunJobs(of: run, in: objects).jobs(on: executor) }, of: run)
        }
        return (listing, executor)
    }
}

/// `slurm kill` and its kin.
struct ClusterKillCommand<Kind: ClusterKind>: FlowCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "kill",
            abstract: "Kill the tasks that wait or run on \(Kind.title): those of your newest run by default.",
            discussion: "A run that goes on tries killed tasks again where @retry says so. To stop a run, press Ctrl-C there.")
    }

    @ParentCommand var parent: ClusterCommand<Kind>
    var root: FlowCommandLine { parent.root }

    @OptionGroup var selection: JobSelection

    func perform(in session: FlowSession) throws -> Int32 {
        let (listing, executor) = try ClusterListCommand<Kind>.listing(selection, in: session)
        guard !listing.jobs.isEmpty else {
            session.error.writeLine("No tasks are on \(Kind.title).")
            return 0
        }
        let ids = listing.jobs.map(\.job.id)
        try waiting { try await executor.cancel(ids) }
        for line in listing.table().lines(on: session.output, cutsLast: true) { session.output.writeLine(line) }
        session.error.writeLine("\(Kind.title) was asked to kill \(ids.count == 1 ? "this task" : "these \(ids.count) tasks").")
        return 0
    }
}
