import Clusters

/// A row of a listing: a job, a task of an array, or several tasks of one that are alike.
struct ListedJob {
    let job: Int
    /// Nothing for a job that is no array.
    let tasks: TaskRanges?
    /// The job's name, where it is one of a group.
    let name: SlurmJobName?
    let state: JobState
    /// Whether its node could not start it, and the cluster keeps it until somebody releases it.
    var isHeld = false

    func contains(_ id: SlurmJobID) -> Bool {
        guard id.job == job else { return false }
        switch id.place {
        case .alone, .node: return tasks == nil
        case .array(let index): return tasks?.contains(index) ?? false
        }
    }

    /// As Slurm's commands know it.
    var slurmText: String { tasks.map { "\(job)_[\($0)]" } ?? "\(job)" }

    /// Whether it tells of all tasks of an array that have no row of their own: those that were cancelled while they waited.
    func isRest(of id: SlurmJobID) -> Bool {
        guard case .array = id.place else { return false }
        return id.job == job && tasks == nil && state.isOver
    }
}
