import Clusters
import Executors
import FlowModel
import Nodes

/// Attempts that were, or are to be, submitted together. Belongs to the loop's thread.
final class ClusterGroup {
    /// What is known of one of its attempts, and of the job that was submitted for it.
    struct Member {
        let name: AttemptName
        var id: JobID?
        /// The index of the job that does the attempt, where another one has claimed it.
        var runner: Int?
        var state = JobState.pending(reason: nil)
        /// The next piece of the log that is to be shown; pieces come in any order.
        var nextPiece = 0
        /// Whether something was heard of its process.
        var hasStarted = false
        /// Whether its report was taken over, or it was given up.
        var isOver = false
        /// The store's word for its last sign of life.
        var sign: String?
        /// When something was last heard of it, by this engine's clock.
        var heard: ContinuousClock.Instant
        /// Since when the cluster has not known it.
        var unknownSince: ContinuousClock.Instant?
        /// When it was seen that the cluster has ended it.
        var endedSince: ContinuousClock.Instant?
        /// Why it must fail, once the cluster has ended it.
        var endedBecause: String?
    }

    let layout: NodeLayout
    let key: JobGroupKey
    let step: StepName
    let work: ClusterWork.Step
    let isGang: Bool
    var members: [Member]
    var isSubmitted = false
    /// How often it was submitted again since the cluster had forgotten it.
    var resubmissions = 0

    init(
        _ layout: NodeLayout, key: JobGroupKey, step: StepName, work: ClusterWork.Step, names: [AttemptName], isGang: Bool,
        now: ContinuousClock.Instant
    ) {
        self.layout = layout
        self.key = key
        self.step = step
        self.work = work
        self.isGang = isGang
        members = names.map { Member(name: $0, heard: now) }
    }

    /// The indices of jobs whose end is not known.
    var open: [Int] { members.indices.filter { !members[$0].isOver } }

    var isOver: Bool { members.allSatisfy(\.isOver) }

    /// Whether a job may do attempts of others.
    var mayShare: Bool { !isGang && members.count > 1 && work.executor.sharing(of: work.request, atMost: .seconds(1)) > .zero }

    /// The indices of jobs on which attempts hang whose end is not known: their own, and those that have claimed them.
    var awaitedJobs: [Int] {
        let open = open
        let own = Set(open)
        return open + Set(open.compactMap { members[$0].runner }).subtracting(own).sorted()
    }

    /// Whether it matters who has claimed an attempt: the job that was submitted for it has ended or is not known, and no report is there.
    func asksForClaim(of index: Int) -> Bool {
        guard !members[index].isOver else { return false }
        switch members[index].state {
        case .ended, .unknown: return true
        case .pending, .running: return false
        }
    }

    /// Notes which job does an attempt.
    ///
    /// - Returns: whether that is another one's.
    func claimed(_ index: Int, by job: Int) -> Bool {
        guard members.indices.contains(index), members.indices.contains(job), job != index else { return false }
        members[index].runner = job
        return true
    }
}
