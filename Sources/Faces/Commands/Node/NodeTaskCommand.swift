import ArgumentParser
import Glibc
import Nodes
import ObjectStores
import Remotes

/// `penstock node-task`: does one task of a run on a machine that has nothing of the run yet. Jobs of clusters call it
/// (`NodeBootstrap`), no person.
struct NodeTaskCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "node-task",
        abstract: "Do one task of a run, as a job of a cluster.",
        discussion: """
            The orders are in the datastore, and the task's report goes there. Exit codes: 0 a report is there, whatever it says; \
            95 the datastore could not be read or written; 96 the node's cache could not be used; 128 and more: ended by a signal.
            """,
        shouldDisplay: false)

    @Option(help: ArgumentHelp("The datastore: s3://BUCKET/PREFIX or file:///FOLDER.", valueName: "address"))
    var datastore: String

    @Option(help: ArgumentHelp("The orders of the group, as an object in the datastore.", valueName: "key"))
    var orders: String

    @Option(help: ArgumentHelp("The place in the group; otherwise that of PENSTOCK_JOB_INDEX.", valueName: "number"))
    var index: Int?

    func perform(in session: StandaloneSession) throws -> Int32 {
        // The first process of a container takes no signal that it does not ask for.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _exit(128 + $0) } }
        guard let index = index ?? session.environment["PENSTOCK_JOB_INDEX"].flatMap({ Int($0) }), index >= 0 else {
            throw ValidationError("say which job of the group it is: --index, or PENSTOCK_JOB_INDEX")
        }
        let task = NodeTask(
            datastore: try RemoteAddress(parsing: datastore), orders: try ObjectKey(orders), index: index,
            environment: session.environment)
        do throws(NodeFault) {
            return try task.perform()
        } catch {
            // One line for whoever looks into the files that the cluster keeps of the job.
            session.error.writeLine("penstock: " + FailureText(error).lines.joined(separator: "; "))
            return error.exitCode
        }
    }
}
