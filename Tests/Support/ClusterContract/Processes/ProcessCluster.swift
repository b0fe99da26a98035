package import Clusters
import Dispatch
import FlowModel
import FoundationEssentials

/// A cluster of processes on this machine: no cluster at all, but as an executor sees one. Jobs wait for one of a few slots, run in
/// processes that outlive those who have submitted them, and are known by files in a folder.
///
/// There is no scheduler that runs by itself: jobs that wait are started when somebody asks for states.
package struct ProcessCluster: ClusterExecutor {
    package let name = "slurm"
    package let groupLimit = 1000
    private let folder: ProcessFolder
    private let slots: Int
    private let queue = DispatchQueue(label: "process-cluster")

    /// - Parameters:
    ///   - folder: holds all state; executors with the same folder are the same cluster.
    ///   - slots: how many jobs run at a time.
    package init(folder: String, slots: Int = 4) {
        self.folder = ProcessFolder(path: folder)
        self.slots = slots
    }

    package func submit(_ group: JobGroup) async throws(ClusterError) -> [JobID] {
        if case .slurm(let options) = group.request.place, options.partition == "nowhere" {
            throw ClusterError(name, .refused, "the partition 'nowhere' does not exist")
        }
        if group.isGang, group.attempts.count > slots {
            throw ClusterError(name, .refused, "a gang of \(group.attempts.count) does not fit into \(slots) slots")
        }
        return try await locked { folder in
            if let known = try folder.group(group.key) { return known.jobs }
            let made = try folder.add(group)
            try start(in: folder)
            return made.jobs
        }
    }

    /// Ends what still runs.
    package func endAll() { folder.endAll() }

    package func poll(_ jobs: [JobID]) async throws(ClusterError) -> [JobID: JobState] {
        if jobs.isEmpty { return [:] }
        return try await locked { folder in
            try start(in: folder)
            return Dictionary(jobs.map { ($0, folder.state(of: $0)) }, uniquingKeysWith: { first, _ in first })
        }
    }

    package func cancel(_ jobs: [JobID]) async throws(ClusterError) {
        try await locked { folder in
            for job in jobs where folder.state(of: job) != .unknown { try folder.cancel(job) }
        }
    }

    package func jobs(of run: String) async throws(ClusterError) -> [FoundJob] {
        try await locked { folder in
            try folder.groups().filter { $0.key.run == run }.flatMap { group in
                group.jobs.enumerated().map { index, job in
                    FoundJob(group: group.key, index: index, id: job, state: folder.state(of: job))
                }
            }.filter { !$0.state.isOver }
        }
    }

    package func describe(_ job: JobID) async throws(ClusterError) -> [String] {
        try await locked { folder in ["job \(job)", "state \(folder.state(of: job))"] }
    }

    /// Starts what waits, in the order of submission, as far as there are slots; a gang as a whole.
    private func start(in folder: ProcessFolder) throws {
        let groups = try folder.groups().sorted { $0.sequence < $1.sequence }
        let states = groups.map { group in group.jobs.map { (job: $0, state: folder.state(of: $0)) } }
        var free = slots - states.joined().count { if case .running = $0.state { true } else { false } }
        for (group, jobs) in zip(groups, states) {
            let waiting = jobs.enumerated().filter { if case .pending = $0.element.state { true } else { false } }
            if group.isGang, waiting.count > free { return }
            for (index, job) in waiting {
                if free == 0 { return }
                try folder.start(job.job, at: index, of: group)
                free -= 1
            }
        }
    }

    private func locked<Value: Sendable>(
        _ body: @escaping @Sendable (ProcessFolder) throws -> Value
    ) async throws(ClusterError) -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result { try folder.whileLocked { try body(folder) } }) }
        }
        do {
            return try result.get()
        } catch {
            throw ClusterError(name, .unreachable, "cannot use the folder \(folder.path): \(error)")
        }
    }
}
