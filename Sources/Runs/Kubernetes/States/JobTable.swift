import Clusters

/// Jobs and pods of one run in one namespace, as far as the cluster has told.
struct JobTable: Sendable {
    /// How a job as a whole stands.
    enum JobStanding: Hashable, Sendable {
        case open
        case complete
        case failed(reason: String?, message: String?)
        case leaving
    }

    private struct Pod {
        var place: JobPlace
        var facts: PodFacts
    }

    /// What a job is known by, besides its place.
    struct Identity: Hashable, Sendable {
        var key: String?
        var index: Int?
        var nodes: Int?
    }

    private var jobs: [JobPlace: JobStanding] = [:]
    private var identities: [JobPlace: Identity] = [:]
    private var pods: [String: Pod] = [:]
    private var podsOfPlace: [JobPlace: Set<String>] = [:]
    /// What has ended stays so, whatever becomes of its objects.
    private var endings: [JobPlace: JobEnding] = [:]
    /// Since when pods wait for what does not come.
    private var stuckSince: [JobPlace: ContinuousClock.Instant] = [:]
    /// Those that this engine has deleted.
    private var cancelled: Set<JobPlace> = []
    /// What was said of jobs before their objects were deleted.
    private var verdicts: [JobPlace: JobEnding] = [:]

    /// Forgets what a new list tells anew; what has ended is kept.
    mutating func beginAgain() {
        (jobs, identities, pods, podsOfPlace) = ([:], [:], [:], [:])
    }

    /// Jobs are deleted by this engine: those that have not ended yet end as cancelled.
    mutating func markCancelled(_ jobs: Set<JobPlace>) {
        for (place, ending) in endings where jobs.contains(place.job) && verdicts[place] == nil && !cancelled.contains(place.job) {
            verdicts[place] = ending
        }
        cancelled.formUnion(jobs)
    }

    // MARK: What the cluster tells

    mutating func put(_ job: JobObject, in namespace: String) {
        guard let name = job.metadata?.name else { return }
        let place = JobPlace(namespace: namespace, name: name)
        let conditions = job.status?.conditions ?? []
        identities[place] = Identity(
            key: job.metadata?.annotations?[JobLabels.key], index: job.metadata?.labels?[JobLabels.index].flatMap { Int($0) })
        if let failed = conditions.first(where: { $0.holds && ["Failed", "FailureTarget"].contains($0.type) }) {
            jobs[place] = .failed(reason: failed.reason, message: failed.message)
        } else if conditions.contains(where: { $0.holds && ["Complete", "SuccessCriteriaMet"].contains($0.type) }) {
            jobs[place] = .complete
        } else {
            jobs[place] = job.metadata?.deletionTimestamp == nil ? .open : .leaving
        }
    }

    mutating func remove(_ job: JobObject, in namespace: String) {
        guard let name = job.metadata?.name else { return }
        jobs[JobPlace(namespace: namespace, name: name)] = nil
    }

    mutating func put(_ pod: PodObject, in namespace: String, now: ContinuousClock.Instant) {
        guard let name = pod.metadata?.name, let place = Self.place(pod, namespace) else { return }
        let facts = PodFacts(pod)
        pods[name] = Pod(place: place, facts: facts)
        podsOfPlace[place, default: []].insert(name)
        if case .ended(let ending) = facts.standing { endings[place] = ending }
        if case .stuck = facts.standing { stuckSince[place] = stuckSince[place] ?? now } else { stuckSince[place] = nil }
    }

    mutating func remove(_ pod: PodObject, in namespace: String, now: ContinuousClock.Instant) {
        guard let name = pod.metadata?.name, let place = Self.place(pod, namespace) else { return }
        // The last word of a pod comes with its deletion.
        if case .ended(let ending) = PodFacts(pod).standing { endings[place] = ending }
        pods[name] = nil
        podsOfPlace[place]?.remove(name)
        stuckSince[place] = nil
    }

    /// The job that a pod belongs to.
    private static func place(_ pod: PodObject, _ namespace: String) -> JobPlace? {
        let (labels, annotations) = (pod.metadata?.labels ?? [:], pod.metadata?.annotations ?? [:])
        let owner = pod.metadata?.ownerReferences?.first { $0.kind == "Job" }?.name
        guard let name = labels["batch.kubernetes.io/job-name"] ?? labels["job-name"] ?? owner else { return nil }
        guard labels[JobLabels.index] == nil else { return JobPlace(namespace: namespace, name: name) }
        let index = annotations["batch.kubernetes.io/job-completion-index"] ?? labels["batch.kubernetes.io/job-completion-index"]
        return JobPlace(namespace: namespace, name: name, node: index.flatMap { Int($0) })
    }

    // MARK: How a job fares

    /// - Parameter patience: how long a pod may wait for its image or what its container is made of.
    func state(of place: JobPlace, now: ContinuousClock.Instant, patience: Duration) -> JobState {
        if let verdict = verdicts[place] { return .ended(verdict) }
        if let ending = endings[place] {
            // What was deleted by us and died of that was cancelled, whatever it says.
            return .ended(cancelled.contains(place.job) && ending.cause != .completed ? JobEnding(.cancelled, node: ending.node) : ending)
        }
        let own = podsOfPlace[place]?.compactMap { pods[$0]?.facts } ?? []
        if let pod = own.max(by: { $0.created < $1.created }) {
            switch pod.standing {
            case .waiting where pod.isLeaving && jobs[place.job] == nil && cancelled.contains(place.job):
                return .ended(JobEnding(.cancelled))
            case .waiting(let reason): return .pending(reason: reason)
            case .stuck(let message, let isFinal):
                let since = stuckSince[place] ?? now
                return isFinal || now - since >= patience ? .ended(JobEnding(.notStarted, message: message)) : .pending(reason: message)
            case .running(let node): return .running(node: node)
            case .ended(let ending): return .ended(ending)
            }
        }
        return stateWithoutPods(place)
    }

    private func stateWithoutPods(_ place: JobPlace) -> JobState {
        switch jobs[place.job] {
        case nil: return cancelled.contains(place.job) ? .ended(JobEnding(.cancelled)) : .unknown
        case .open: return .pending(reason: nil)
        case .leaving: return cancelled.contains(place.job) ? .ended(JobEnding(.cancelled)) : .pending(reason: "it is being deleted")
        case .complete: return .ended(JobEnding(.completed))
        case .failed("DeadlineExceeded", let message): return .ended(JobEnding(.timeLimit, message: message))
        case .failed(_, let message):
            if place.node != nil, endings.contains(where: { $0.key.job == place.job }) {
                return .ended(JobEnding(.cancelled, message: "another node of the same group failed"))
            }
            // A pod that was deleted with its node, or by somebody.
            return .ended(JobEnding(.nodeFailed, message: message.map { "the pod is gone: \($0)" } ?? "the pod is gone"))
        }
    }

    /// Keeps a verdict on a job whose objects are about to be deleted.
    mutating func settle(_ place: JobPlace, _ ending: JobEnding) { verdicts[place] = ending }

    /// The names of groups of which there are jobs.
    var groups: Set<String> {
        Set(jobs.keys.compactMap { job in job.name.lastIndex(of: "-").map { String(job.name[..<$0]) } })
    }

    /// Jobs that the cluster knows, each node of a gang by itself, with what they are known by.
    var known: [(place: JobPlace, identity: Identity)] {
        jobs.keys.flatMap { job -> [(place: JobPlace, identity: Identity)] in
            let identity = identities[job] ?? Identity()
            let nodes = podsOfPlace.keys.filter { $0.job == job && $0.node != nil }
            return nodes.isEmpty ? [(job, identity)] : nodes.map { ($0, Identity(key: identity.key, index: $0.node)) }
        }
    }
}
