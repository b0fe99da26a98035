import Clusters
import Executors
import Remotes

/// Jobs of one cluster that have nothing to do, since others have done their attempts.
struct Dismissed: Sendable {
    let executor: any ClusterExecutor
    var ids: [JobID] = []
}

/// A job that starts for nothing does no harm: it ends at once. Those that wait are cancelled so that the cluster has less to do.
extension ClusterAttempts {
    func cancelDismissed() {
        let all = Array(dismissed.values)
        dismissed = [:]
        // Whatever comes of it.
        Task.detached { for each in all { try? await each.executor.cancel(each.ids) } }
    }

    /// The same at the end of a run; waits until the clusters have heard it.
    func cancelLastDismissed() {
        let all = Array(dismissed.values)
        dismissed = [:]
        guard !all.isEmpty else { return }
        blocking { () async in for each in all { try? await each.executor.cancel(each.ids) } }
    }
}
