import ArgumentParser
import Clusters
import FlowModel
import Ledger
import ObjectStores
import Remotes
import RunDriver

/// `penstock jobs FLOW/RUN`: what of a run is on clusters.
struct JobsCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List the tasks of a run that wait or run on clusters.",
        discussion: """
            Examples:
              penstock jobs TrainFlow/1763900000000000
              penstock jobs TrainFlow/1763900000000000 --json

            python flow.py slurm kill ends them; kubernetes and batch have the same.
            """)

    @Argument(help: ArgumentHelp("FLOW/RUN", valueName: "run"), completion: PathspecCompletion.runs)
    var path: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        let records = try place.records(in: session, for: path)
        let location = try RecordLocation(path, in: records)
        guard location.path.level == .run, let run = location.run?.key else {
            throw RecordError.wrongDepth(path, wanted: "FLOW/RUN")
        }
        guard let objects = records.remote?.store.objects else { throw JobSelectionError.noRemote }
        let factory = ClusterFactory(settings: session.settings)
        let jobs = try waiting { try await RunJobs(of: run, in: objects) }
        var listing = JobListing()
        for name in jobs.executors.sorted() {
            let executor = try factory.executor(named: name)
            listing.add(try waiting { try await jobs.jobs(on: executor) }, of: run)
        }
        if json {
            session.output.writeLine(try listing.json().text)
        } else if listing.jobs.isEmpty {
            session.error.writeLine("No tasks of \(run.flow)/\(run.run) are on a cluster.")
        } else {
            for line in listing.table().lines(on: session.output, cutsLast: true) { session.output.writeLine(line) }
        }
        return 0
    }
}
