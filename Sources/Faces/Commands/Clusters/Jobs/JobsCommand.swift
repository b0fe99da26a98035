import ArgumentParser
import Clusters
import FlowModel
import Ledger
import ObjectStores
import Remotes
import RunDriver

/// `penstock jobs FLOW/RUN`: what of a run is on clusters; of one task, all that its cluster knows.
struct JobsCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List the tasks of a run that wait or run on clusters, or tell what a cluster knows of one.",
        discussion: """
            Examples:
              penstock jobs TrainFlow/1763900000000000
              penstock jobs TrainFlow/1763900000000000 --json
              penstock jobs TrainFlow/1763900000000000/train/7

            python flow.py slurm kill ends them; kubernetes and batch have the same.
            """)

    @Argument(help: ArgumentHelp("FLOW/RUN, FLOW/RUN/STEP or FLOW/RUN/STEP/TASK", valueName: "path"), completion: PathspecCompletion.runs)
    var path: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        let records = try place.records(in: session, for: path)
        let location = try RecordLocation(path, in: records)
        let wanted = location.path
        guard [.run, .step, .task].contains(wanted.level), let run = location.run?.key else {
            throw RecordError.wrongDepth(path, wanted: "FLOW/RUN, FLOW/RUN/STEP or FLOW/RUN/STEP/TASK")
        }
        guard let objects = records.remote?.store.objects else { throw JobSelectionError.noRemote }
        let factory = ClusterFactory(settings: session.settings)
        let jobs = try waiting { try await RunJobs(of: run, in: objects) }
        var listing = JobListing()
        for name in jobs.executors.sorted() {
            let executor = try factory.executor(named: name)
            let found = try waiting { try await jobs.jobs(on: executor) }.filter { job in
                let place = AttemptPlace(job.attempt)
                return (wanted.step.map { $0.text == place.step } ?? true) && (wanted.task.map { $0.text == place.task } ?? true)
            }
            listing.add(found, of: run)
            guard wanted.level == .task else { continue }
            for job in found { listing.add(facts: try waiting { try await executor.describe(job.id) }, of: job.id) }
        }
        if json {
            session.output.writeLine(try listing.json().text)
        } else if listing.jobs.isEmpty {
            let isTask = wanted.level == .task
            session.error.writeLine(isTask ? "\(wanted) is not on a cluster." : "No tasks of \(wanted) are on a cluster.")
        } else {
            for line in listing.table().lines(on: session.output, cutsLast: true) { session.output.writeLine(line) }
            for line in listing.lines { session.output.writeLine("  \(line)") }
        }
        return 0
    }
}
