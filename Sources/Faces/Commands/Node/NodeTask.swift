import Datastore
import Glibc
import Nodes
import ObjectStores
import Remotes
import SystemPackage

/// One job: from its order to its report.
struct NodeTask: Sendable {
    let datastore: RemoteAddress
    let orders: ObjectKey
    let index: Int
    /// The process environment with the settings of the node.
    let environment: [String: String]

    /// - Returns: the exit code.
    func perform() throws(NodeFault) -> Int32 {
        let cache = try NodeCache(environment: environment)
        let remote: RemoteStore
        do throws(ObjectStoreError) {
            remote = try RemoteStore(opening: datastore, environment: environment)
        } catch {
            throw .datastore(error)
        }
        let (index, orders) = (index, orders)
        let job = try result { () async throws(NodeFault) in try await NodeJob.read(index, of: orders, in: remote) }
        guard let job else { return 0 }
        let folder = try cache.makeTaskFolder()
        defer { NodeCache.remove(folder) }
        let began = WallTime.now().microseconds
        let outcome: NodeAttempt.Outcome
        do {
            outcome = try attempt(job, cache, folder)
        } catch {
            outcome = .ended(AttemptReport(notStarted: error, began: began), payload: [])
        }
        switch outcome {
        case .interrupted(let number): return 128 + number
        case .ended(let report, let payload):
            try result { () async throws(NodeFault) in try await job.publish(report, payload: payload) }
            waitForOthers(job)
            return 0
        }
    }

    private func attempt(_ job: NodeJob, _ cache: NodeCache, _ folder: FilePath) throws -> NodeAttempt.Outcome {
        let blobs = NodeBlobs(job.order.blobs, in: job.remote.objects, cache: cache)
        let environment = environment
        let host = try waiting {
            let code = try await NodeCode(of: job, in: cache, blobs)
            return try await NodeHost(job, code, cache: cache, folder: folder, environment: environment)
        }
        // As beside a flow: what the code package has is found, what is written is this task's own.
        let work = folder.appending("work")
        try host.code.makeWorkingFolder(at: work)
        guard chdir(work.string) == 0 else { throw NodeFault.cache(path: work.string, reason: String(cString: strerror(errno))) }
        return try withExtendedLifetime(host) {
            try NodeAttempt(job, blobs: blobs, commandLine: host.commandLine, folder: folder, notes: host.notes).run()
        }
    }

    /// Where the end of the first job of a parallel step would end the others, it waits for their reports.
    private func waitForOthers(_ job: NodeJob) {
        guard index == 0, let size = environment["PENSTOCK_GANG_SIZE"].flatMap({ Int($0) }), size > 1 else { return }
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in _exit(0) } }
        try? waiting { try await job.wait(forReportsOf: 1..<size) }
    }

    private func result<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(NodeFault) -> Value
    ) throws(NodeFault) -> Value {
        try blocking(on: work)
    }
}
