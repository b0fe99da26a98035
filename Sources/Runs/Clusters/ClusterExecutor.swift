package import FlowModel

/// Hands jobs to a cluster, and knows how they fare. What a task has done is not asked of the cluster: the task's own report
/// in the datastore decides.
///
/// All calls may be made from any task. None blocks a thread of the cooperative pool. A call that fails as a whole has a
/// `ClusterError`, of which `isTransient` tells whether it is worth another try; the executor itself tries again only where the
/// cluster says when.
package protocol ClusterExecutor: Sendable {
    /// `slurm`, `kubernetes`, `batch`: as in decorators and in records.
    var name: String { get }

    /// How many jobs a group may have: the site's limit, at most 1,000.
    var groupLimit: Int { get async throws(ClusterError) }

    /// For how long after its beginning a job of a group takes further attempts whose own jobs still wait; zero where each job does its
    /// own attempt alone.
    ///
    /// - Parameter most: what the person allows.
    func sharing(of request: ComputeRequest, atMost most: Duration) -> Duration

    /// Submits the jobs of a group. A group whose key was submitted before is not submitted again: its jobs are found and
    /// returned, as after an engine that was killed between submission and record.
    ///
    /// - Returns: the ids of the jobs, in their order.
    func submit(_ group: JobGroup) async throws(ClusterError) -> [JobID]

    /// How jobs fare, with as few calls to the cluster as can be (one, where the cluster allows that). Jobs that the cluster does
    /// not know are `.unknown`, which does not mean that they failed.
    func poll(_ jobs: [JobID]) async throws(ClusterError) -> [JobID: JobState]

    /// Asks the cluster to end jobs. Those that have ended, or are not known, are no matter.
    func cancel(_ jobs: [JobID]) async throws(ClusterError)

    /// The jobs of groups that are still known to the cluster, queued or running, by the keys of their groups and their index.
    ///
    /// - Parameter run: as `JobGroupKey.run`.
    func jobs(of run: String) async throws(ClusterError) -> [FoundJob]

    /// What a person would want to know of a job: state, reason, node, limits, one fact a line.
    func describe(_ job: JobID) async throws(ClusterError) -> [String]

    /// All jobs of a run have reported: what the executor keeps at the cluster for them, as values of variables, goes. What cannot be
    /// removed now goes with the jobs.
    func runIsOver(_ run: String) async
}

extension ClusterExecutor {
    package func sharing(of request: ComputeRequest, atMost most: Duration) -> Duration { .zero }
    package func runIsOver(_ run: String) async {}
}

/// A job as its cluster names it: `1234_5` (Slurm), `namespace/name` (Kubernetes), a UUID (AWS Batch).
package struct JobID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }
}

/// A job that a cluster knows.
package struct FoundJob: Hashable, Sendable {
    package var group: JobGroupKey
    /// Its place in the group.
    package var index: Int
    package var id: JobID
    package var state: JobState

    package init(group: JobGroupKey, index: Int, id: JobID, state: JobState) {
        self.group = group
        self.index = index
        self.id = id
        self.state = state
    }
}
