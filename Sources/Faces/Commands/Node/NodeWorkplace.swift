import Datastore
import Glibc
import Nodes
import Remotes
import SystemPackage

/// Where the attempts of a job run, one after the other: their code, their Python and its host, a working folder.
final class NodeWorkplace {
    private let cache: NodeCache
    /// Of this job alone.
    private let folder: FilePath
    /// The process environment with the settings of the node.
    private let environment: [String: String]
    private var host: NodeHost?
    private var workers: NodeWorkers?
    private var attempts = 0

    /// - Throws: when the node's cache cannot be used.
    init(_ cache: NodeCache, environment: [String: String]) throws(NodeFault) {
        self.cache = cache
        self.environment = environment
        folder = try cache.makeTaskFolder()
    }

    /// What came of an attempt.
    struct Finished {
        let outcome: NodeAttempt.Outcome
        /// Whether it succeeded in every respect: the place is fit for another one.
        let isDone: Bool
    }

    /// Runs an attempt to its end. What keeps it from beginning is told by its report.
    func run(_ job: NodeJob) -> Finished {
        let began = WallTime.now().microseconds
        do {
            return try runPrepared(job)
        } catch {
            return Finished(outcome: .ended(AttemptReport(notStarted: error, began: began), payload: []), isDone: false)
        }
    }

    private func runPrepared(_ job: NodeJob) throws -> Finished {
        let blobs = NodeBlobs(job.order.blobs, in: job.remote.objects, cache: cache)
        let (host, workers) = try prepared(for: job, blobs)
        let own = folder.appending("\(attempts)")
        attempts += 1
        guard mkdir(own.string, 0o700) == 0 else { throw NodeFault.cache(path: own.string, reason: String(cString: strerror(errno))) }
        defer { NodeCache.remove(own) }
        let attempt = NodeAttempt(job, blobs: blobs, workers: workers, folder: own, notes: host.notes)
        let outcome = attempt.run()
        return Finished(outcome: outcome, isDone: attempt.isDone)
    }

    private func prepared(for job: NodeJob, _ blobs: NodeBlobs) throws -> (NodeHost, NodeWorkers) {
        // As beside a flow: what the code package has is found, what is written is the attempt's own.
        let work = folder.appending("work")
        if let host, let workers {
            try host.code.restoreWorkingFolder(at: work)
            return (host, workers)
        }
        let (cache, folder, environment) = (cache, folder, environment)
        let host = try waiting {
            let code = try await NodeCode(of: job, in: cache, blobs)
            return try await NodeHost(job, code, cache: cache, folder: folder, environment: environment)
        }
        try host.code.makeWorkingFolder(at: work)
        guard chdir(work.string) == 0 else { throw NodeFault.cache(path: work.string, reason: String(cString: strerror(errno))) }
        let workers = try NodeWorkers(host.commandLine, job.group.configuration, folder: folder)
        self.host = host
        self.workers = workers
        return (host, workers)
    }

    /// Whether the cluster wants the job to end.
    var isInterrupted: Bool { workers?.isInterrupted ?? false }

    /// Ends all processes of the job; signals are caught until it is closed.
    func endProcesses() { workers?.end() }

    /// Removes what the job has had for itself.
    func close() {
        endProcesses()
        workers = nil
        NodeCache.remove(folder)
    }
}
