import Clusters
import Datastore
import Diagnostics
import Executors
import FlowModel
import FoundationEssentials
import Ledger
import Nodes
import ObjectStores
import Scheduler

/// Hears what becomes of attempts on clusters, on the loop's thread.
protocol ClusterAttemptsDelegate: AnyObject {
    /// What is needed to submit attempts of one step: their orders, without the places of blobs.
    func order(of step: StepName) throws -> GroupOrder
    func draft(of name: AttemptName) throws -> ClusterSubmission.Draft
    /// The code package, once there is one; `nil` while it is being made.
    var packagedCode: Result<StoredBlob, any Error>? { get }

    func attempt(_ name: AttemptName, gotJob id: JobID, of executor: String)
    func attemptStarted(_ name: AttemptName)
    func attempt(_ name: AttemptName, printed outputs: [AttemptOutput])
    func attempt(_ name: AttemptName, reported report: AttemptReport, _ payload: ArraySlice<UInt8>)
    /// It ended, and nothing tells how.
    func attempt(_ name: AttemptName, lostBecause reason: String)
    func clusterNote(_ text: String)
}

/// The attempts of a run that are on clusters: beside `WorkerPool`, and with the same rules. Everything here happens on the loop's
/// thread; what waits for a network is done by tasks that post what comes of it.
final class ClusterAttempts {
    let run: RunKey
    let username: String
    let work: ClusterWork
    let loop: EventLoop
    weak var delegate: (any ClusterAttemptsDelegate)?

    var groups: [Int: ClusterGroup] = [:]
    var nextGroup = 0
    /// Attempts that wait for the end of the turn, to be submitted together.
    var waiting: [AttemptName] = []
    /// Attempts whose time has not come.
    var delayed: Set<AttemptName> = []
    /// The control task of those that belong to a parallel step.
    private var gangs: [AttemptName: TaskID] = [:]
    private var limits: [String: Int] = [:]
    private var isGathering = false
    /// To be cancelled soon, by the names of their executors.
    var dismissed: [String: Dismissed] = [:]
    var places: [AttemptName: (group: Int, index: Int)] = [:]
    /// Whether the run is being stopped.
    var isStopping = false
    var watch: ClusterWatch
    /// Looks and questions that are awaited.
    var turns: Set<Int> = []

    /// The longest that attempts wait for others to come with them.
    private static let gathering: Duration = .milliseconds(20)

    init(run: RunKey, username: String, work: ClusterWork, loop: EventLoop) {
        self.run = run
        self.username = username
        self.work = work
        self.loop = loop
        watch = ClusterWatch()
    }

    /// Attempts whose end is not known.
    var attemptCount: Int { delayed.count + waiting.count + places.count }

    /// How many attempts of each step have not begun, as far as is known: on their way to a cluster, or in its queue.
    var queued: [StepName: Int] {
        var counts: [StepName: Int] = [:]
        for name in waiting { counts[name.step, default: 0] += 1 }
        for name in delayed { counts[name.step, default: 0] += 1 }
        for group in groups.values {
            let count = group.members.reduce(0) { $0 + ($1.isOver || $1.hasStarted ? 0 : 1) }
            if count > 0 { counts[group.step, default: 0] += count }
        }
        return counts
    }

    // MARK: Starting

    /// Takes an attempt; it is submitted with others of its step that come in the same moment.
    ///
    /// - Parameters:
    ///   - control: the control task, for a node of a parallel step.
    ///   - pause: how long to wait before, as after a failed attempt.
    func launch(_ name: AttemptName, control: TaskID?, after pause: Duration = .zero) {
        gangs[name] = control
        guard pause > .zero else {
            waiting.append(name)
            return gatherSoon()
        }
        delayed.insert(name)
        loop.after(pause) { [weak self] in
            guard let self, self.delayed.remove(name) != nil else { return }
            self.waiting.append(name)
            self.gatherSoon()
        }
    }

    /// Called when the code package is there, or cannot be made.
    func codeIsSettled() { gatherSoon() }

    private func gatherSoon() {
        guard !isGathering, !waiting.isEmpty, delegate?.packagedCode != nil else { return }
        isGathering = true
        loop.after(Self.gathering) { [weak self] in
            self?.isGathering = false
            self?.gather()
        }
    }

    private func gather() {
        guard let delegate, let code = delegate.packagedCode else { return }
        let names = waiting
        waiting = []
        var batches: [(step: StepName, control: TaskID?, names: [AttemptName])] = []
        for name in names {
            let control = gangs.removeValue(forKey: name)
            if let place = batches.firstIndex(where: { $0.step == name.step && $0.control == control }) {
                batches[place].names.append(name)
            } else {
                batches.append((name.step, control, [name]))
            }
        }
        for batch in batches {
            guard let step = work.steps[batch.step] else { continue }
            switch code {
            case .failure(let error):
                let reason = "the code package could not be made: \(DiagnosticText(error).sentence)"
                for name in batch.names { delegate.attempt(name, lostBecause: "It was not submitted: \(reason)") }
            case .success(let blob):
                submit(batch.names, of: batch.step, step, isGang: batch.control != nil, blob)
            }
        }
    }

    /// Cuts attempts into groups of the size that the site allows.
    private func submit(_ names: [AttemptName], of step: StepName, _ work: ClusterWork.Step, isGang: Bool, _ code: StoredBlob) {
        let executor = work.executor
        guard let limit = isGang ? names.count : limits[executor.name] else {
            let remote = loop.remote
            let this = LoopBound(self)
            // The cluster is called for that, and asked for its jobs a second later.
            watch.lastAsked = .now
            Task.detached {
                let limit = (try? await executor.groupLimit) ?? 1000
                remote.post {
                    this.value.limits[executor.name] = max(1, min(limit, 1000))
                    this.value.submit(names, of: step, work, isGang: isGang, code)
                }
            }
            return
        }
        var rest = names[...]
        while !rest.isEmpty {
            submitGroup(Array(rest.prefix(limit)), of: step, work, isGang: isGang, code)
            rest = rest.dropFirst(limit)
        }
    }

    private func submitGroup(
        _ names: [AttemptName], of step: StepName, _ work: ClusterWork.Step, isGang: Bool, _ code: StoredBlob
    ) {
        guard let delegate else { return }
        let submission: ClusterSubmission
        let group: ClusterGroup
        do {
            let drafts = try names.map { try delegate.draft(of: $0) }
            let number = nextGroup
            nextGroup += 1
            let layout = NodeLayout(flow: run.flow, run: run.run, group: number)
            let key = JobGroupKey(run: "\(run.flow)/\(run.run)", number: number)
            group = ClusterGroup(layout, key: key, step: step, work: work, names: names, isGang: isGang, now: .now)
            var order = try delegate.order(of: step)
            let sharing = group.mayShare ? work.executor.sharing(of: work.request, atMost: self.work.sharing) : .zero
            if sharing > .zero { order.sharedFor = sharing / .seconds(1) }
            submission = self.submission(of: group, .drafts(drafts, order, code: code))
        } catch {
            for name in names { delegate.attempt(name, lostBecause: "It was not submitted: \(DiagnosticText(error).sentence)") }
            return
        }
        adopt(group)
        submit(submission, for: group, pause: .seconds(1), since: .now)
    }

    private func submission(of group: ClusterGroup, _ orders: ClusterSubmission.Orders) -> ClusterSubmission {
        var jobs = JobGroup(
            key: group.key, flow: run.flow, step: group.step, username: username,
            attempts: group.members.map(\.name.description), isGang: group.isGang, request: group.work.request,
            program: NodeProgram(script: ""))
        if case .drafts = orders { jobs.isNew = true }
        return ClusterSubmission(
            layout: group.layout, group: jobs, orders: orders, executor: group.work.executor, objects: work.objects,
            publisher: work.publisher, program: work.program)
    }

    /// Takes over a group of an engine that is gone. Where that could not note the ids of the jobs, they are found by the group's key,
    /// or submitted now.
    ///
    /// - Parameter open: the attempts that are not over.
    func adopt(_ found: Attachment.Group, open: Set<AttemptName>, _ step: ClusterWork.Step) {
        guard let first = found.names.first else { return }
        let group = ClusterGroup(
            NodeLayout(flow: run.flow, run: run.run, group: found.number),
            key: JobGroupKey(run: "\(run.flow)/\(run.run)", number: found.number), step: first.step, work: step, names: found.names,
            isGang: found.isGang, now: .now)
        for index in group.members.indices where !open.contains(group.members[index].name) { group.members[index].isOver = true }
        adopt(group)
        if let ids = found.jobs { return submitted(group, ids, isNew: false) }
        submit(submission(of: group, .written), for: group, pause: .seconds(1), since: .now)
    }

    /// Takes a group that is, or will be, on its cluster.
    private func adopt(_ group: ClusterGroup) {
        groups[group.layout.group] = group
        for index in group.open { places[group.members[index].name] = (group.layout.group, index) }
        watchSoon()
    }

    /// Tries for a while: the cluster or the datastore may be away for a moment.
    private func submit(
        _ submission: ClusterSubmission, for group: ClusterGroup, pause: Duration, since began: ContinuousClock.Instant
    ) {
        let remote = loop.remote
        let this = LoopBound((self, group))
        Task.detached {
            let outcome: Result<[JobID], any Error>
            do { outcome = .success(try await submission.submit()) } catch { outcome = .failure(error) }
            remote.post {
                let (attempts, group) = this.value
                switch outcome {
                case .success(let ids): attempts.submitted(group, ids)
                case .failure(let error):
                    attempts.failed(submission, of: group, error, pause: pause, since: began)
                }
            }
        }
    }

    private func submitted(_ group: ClusterGroup, _ ids: [JobID], isNew: Bool = true) {
        group.isSubmitted = true
        let executor = group.work.executor.name
        for (index, id) in ids.enumerated() where group.members.indices.contains(index) {
            group.members[index].id = id
            group.members[index].heard = .now
            if isNew, !group.members[index].isOver { delegate?.attempt(group.members[index].name, gotJob: id, of: executor) }
        }
        if isNew, let first = ids.first {
            let count = group.members.count
            let what = count == 1 ? "Task \(group.members[0].name.task) of" : "\(count) tasks of"
            let jobs = count == 1 ? "\(first)" : "\(first) to \(ids[count - 1])"
            delegate?.clusterNote("\(what) step '\(group.step)' \(count == 1 ? "is" : "are") submitted (\(executor) \(jobs)).")
        }
        if isStopping { cancel(group) }
        watchSoon()
    }

    /// Submits a group whose jobs the cluster has forgotten before anything was heard of them, as a controller does that is killed
    /// right after a submission. Where the cluster knows the group after all, it is not submitted twice; a job whose report is there
    /// ends at once.
    ///
    /// - Returns: false when that was tried often enough.
    func submitAgain(_ group: ClusterGroup) -> Bool {
        guard group.resubmissions < 3 else { return false }
        group.resubmissions += 1
        group.isSubmitted = false
        for index in group.open {
            group.members[index].unknownSince = nil
            group.members[index].state = .pending(reason: nil)
        }
        delegate?.clusterNote("\(group.work.executor.name) has forgotten jobs of step '\(group.step)'; they are submitted again.")
        submit(submission(of: group, .written), for: group, pause: .seconds(1), since: .now)
        return true
    }

    private func failed(
        _ submission: ClusterSubmission, of group: ClusterGroup, _ error: any Error, pause: Duration,
        since began: ContinuousClock.Instant
    ) {
        let isTransient = (error as? ClusterError)?.isTransient ?? (error is ObjectStoreError)
        guard isTransient, !isStopping, .now - began < work.patience else {
            for index in group.open {
                over(group, index) { $0.attempt($1, lostBecause: "It was not submitted: \(DiagnosticText(error).whole)") }
            }
            return
        }
        if pause == .seconds(1) {
            delegate?.clusterNote("Jobs cannot be submitted now, and will be tried again: \(DiagnosticText(error).sentence)")
        }
        // It may have been heard all the same.
        var again = submission
        again.group.isNew = false
        loop.after(pause) { [weak self] in
            self?.submit(again, for: group, pause: min(pause * 2, .seconds(20)), since: began)
        }
    }
}
