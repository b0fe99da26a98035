import Clusters
import Diagnostics
import Executors
import Nodes

/// How attempts end: by a report, since their jobs are gone, or since the run is to stop.
extension ClusterAttempts {
    /// Marks a job as over and tells the delegate why.
    func over(_ group: ClusterGroup, _ index: Int, _ tell: (any ClusterAttemptsDelegate, AttemptName) -> Void) {
        guard !group.members[index].isOver else { return }
        let name = group.members[index].name
        group.members[index].isOver = true
        places[name] = nil
        if group.isOver { groups[group.layout.group] = nil }
        if let delegate { tell(delegate, name) }
    }

    /// Asks the cluster to end one attempt. It is over when the cluster says so.
    func end(_ name: AttemptName, because reason: String) {
        guard let place = places[name], let group = groups[place.group] else { return }
        group.members[place.index].endedBecause = reason
        if let id = group.members[place.index].id { cancel([id], on: group.work.executor) }
        watchSoon()
    }

    /// Asks the clusters to end everything. An attempt is over when its cluster says so.
    func stop() {
        isStopping = true
        let delegate = delegate
        let names = waiting + delayed
        waiting = []
        delayed = []
        for name in names { delegate?.attempt(name, lostBecause: "It was stopped before it was submitted.") }
        for group in groups.values { cancel(group) }
        watchSoon()
    }

    func cancel(_ group: ClusterGroup) {
        // A job whose own attempt is over may do another one.
        let jobs = group.mayShare ? group.members.indices.filter { !group.members[$0].state.isOver } : group.open
        cancel(jobs.compactMap { group.members[$0].id }, on: group.work.executor)
    }

    private func cancel(_ ids: [JobID], on executor: any ClusterExecutor) {
        guard !ids.isEmpty else { return }
        let remote = loop.remote
        let this = LoopBound(self)
        Task.detached {
            do {
                try await executor.cancel(ids)
            } catch {
                let sentence = DiagnosticText(error).sentence
                remote.post { this.value.delegate?.clusterNote("Jobs could not be cancelled: \(sentence)") }
            }
        }
    }
}
