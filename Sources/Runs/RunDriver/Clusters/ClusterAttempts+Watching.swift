import Clusters
import Diagnostics
import Executors
import Nodes
import ObjectStores

/// How often the datastore is looked at, and the clusters are asked.
struct ClusterWatch {
    /// When something new was last heard of, or begun.
    var lastNews = ContinuousClock.now
    var isListening = false
    /// Counts looks and questions: an answer to one that was given up comes too late.
    var turn = 0
    var isScheduled = false
    var isAsking = false
    var lastAsked: ContinuousClock.Instant?
    var saysUnreachable = false

    /// Until the next look at the datastore: the longer, the longer nothing happens.
    var pause: Duration { min(max((.now - lastNews) / 20, .milliseconds(200)), .seconds(3)) }
    /// How long a look or a question may take, before another one is begun in its place.
    static let patience: Duration = .seconds(60)
    /// From one question to the next. A cluster is asked once a second at most.
    var askPause: Duration { min(max((.now - lastNews) / 10, Self.leastPause), .seconds(10)) }
    static let leastPause: Duration = .seconds(1)
}

extension ClusterAttempts {
    /// Looks at the datastore soon, and goes on as long as something is awaited.
    func watchSoon() {
        watch.lastNews = .now
        schedule()
    }

    private func schedule() {
        guard !watch.isScheduled, !watch.isListening, !groups.isEmpty || !dismissed.isEmpty else { return }
        watch.isScheduled = true
        loop.after(watch.pause) { [weak self] in
            self?.watch.isScheduled = false
            self?.look()
        }
    }

    private func look() {
        ask()
        let listenings = groups.values.filter { !$0.isOver }.map { group in
            ClusterListening(
                layout: group.layout, objects: work.objects,
                wanted: Dictionary(uniqueKeysWithValues: group.open.map {
                    ($0, ClusterListening.Wanted(nextPiece: group.members[$0].nextPiece, asksForClaim: group.asksForClaim(of: $0)))
                }))
        }
        guard !listenings.isEmpty else { return schedule() }
        watch.isListening = true
        let turn = nextTurn { [weak self] in
            self?.watch.isListening = false
            self?.schedule()
        }
        let began = ContinuousClock.now
        let remote = loop.remote
        let this = LoopBound(self)
        Task.detached {
            var news: [(Int, ClusterNews)] = []
            var failure: (any Error)?
            for listening in listenings {
                do {
                    news.append((listening.layout.group, try await listening.listen()))
                } catch {
                    failure = error
                }
            }
            remote.post { [news, failure] in
                guard this.value.turns.remove(turn) != nil else { return }
                this.value.heard(news, failure, askedAt: began)
            }
        }
    }

    /// A number for a look or a question, which is given up when it takes too long.
    private func nextTurn(givingUp giveUp: @escaping () -> Void) -> Int {
        watch.turn += 1
        let turn = watch.turn
        turns.insert(turn)
        loop.after(ClusterWatch.patience) { [weak self] in
            if self?.turns.remove(turn) != nil { giveUp() }
        }
        return turn
    }

    private func heard(_ news: [(Int, ClusterNews)], _ failure: (any Error)?, askedAt began: ContinuousClock.Instant) {
        watch.isListening = false
        tell(failure)
        var isNew = false
        for (number, news) in news {
            guard let group = groups[number] else { continue }
            isNew = isNew || !news.isEmpty
            take(news, for: group)
            settle(group, listenedAt: began)
        }
        if isNew { watch.lastNews = .now }
        schedule()
    }

    /// Says once that the datastore does not answer, and once that it does again.
    private func tell(_ failure: (any Error)?) {
        if let failure, !watch.saysUnreachable {
            watch.saysUnreachable = true
            delegate?.clusterNote("The datastore cannot be read, and is tried again: \(DiagnosticText(failure).sentence)")
        } else if failure == nil, watch.saysUnreachable {
            watch.saysUnreachable = false
            delegate?.clusterNote("The datastore can be read again.")
        }
    }

    private func take(_ news: ClusterNews, for group: ClusterGroup) {
        let now = ContinuousClock.now
        for (index, job) in news.claims where group.claimed(index, by: job) { started(group, index) }
        for (index, sign) in news.signs where group.members.indices.contains(index) && group.members[index].sign != sign {
            group.members[index].sign = sign
            group.members[index].heard = now
            started(group, index)
        }
        for piece in news.pieces where group.members.indices.contains(piece.index) {
            guard !group.members[piece.index].isOver, piece.number >= group.members[piece.index].nextPiece else { continue }
            group.members[piece.index].nextPiece = piece.number + 1
            group.members[piece.index].heard = now
            started(group, piece.index)
            delegate?.attempt(group.members[piece.index].name, printed: piece.outputs)
        }
        for report in news.reports where group.members.indices.contains(report.index) {
            guard !group.members[report.index].isOver else { continue }
            started(group, report.index)
            switch report.outcome {
            case .success(let (read, payload)):
                if let job = read.job { done(group, report.index, by: job) }
                over(group, report.index) { delegate, name in
                    delegate.attempt(name, printed: read.output)
                    delegate.attempt(name, reported: read, payload)
                }
            case .failure(let fault):
                over(group, report.index) { $0.attempt($1, lostBecause: "Its report cannot be used: \(fault.diagnostic.headline).") }
            }
        }
    }

    /// An attempt was done by the job of another one: its own, which most likely waits, is not needed.
    private func done(_ group: ClusterGroup, _ index: Int, by job: Int) {
        guard group.claimed(index, by: job) else { return }
        let executor = group.work.executor
        if let id = group.members[index].id, !group.members[index].state.isOver {
            dismissed[executor.name, default: Dismissed(executor: executor)].ids.append(id)
        }
        if let id = group.members[job].id { delegate?.attempt(group.members[index].name, gotJob: id, of: executor.name) }
    }

    private func started(_ group: ClusterGroup, _ index: Int) {
        guard !group.members[index].hasStarted, !group.members[index].isOver else { return }
        group.members[index].hasStarted = true
        delegate?.attemptStarted(group.members[index].name)
    }

    // MARK: The clusters

    /// Asks each cluster about the jobs that no report is there of: all of them in one call.
    private func ask() {
        let now = ContinuousClock.now
        let pause = dismissed.isEmpty ? watch.askPause : ClusterWatch.leastPause
        guard !watch.isAsking, watch.lastAsked.map({ now - $0 >= pause }) ?? true else { return }
        if !dismissed.isEmpty {
            // In place of a question: a cluster is called once a second at most.
            watch.lastAsked = now
            return cancelDismissed()
        }
        var wanted: [String: (executor: any ClusterExecutor, ids: [JobID])] = [:]
        for group in groups.values where group.isSubmitted {
            let ids = group.awaitedJobs.compactMap { group.members[$0].id }
            guard !ids.isEmpty else { continue }
            wanted[group.work.executor.name, default: (group.work.executor, [])].ids += ids
        }
        guard !wanted.isEmpty else { return }
        watch.isAsking = true
        watch.lastAsked = now
        let turn = nextTurn { [weak self] in self?.watch.isAsking = false }
        let remote = loop.remote
        let this = LoopBound(self)
        let questions = Array(wanted.values)
        Task.detached {
            var states: [JobID: JobState] = [:]
            for question in questions {
                // A cluster that does not answer is asked again; nothing follows from its silence.
                guard let answer = try? await question.executor.poll(question.ids) else { continue }
                states.merge(answer) { _, new in new }
            }
            remote.post { [states] in
                guard this.value.turns.remove(turn) != nil else { return }
                this.value.answered(states)
            }
        }
    }

    private func answered(_ states: [JobID: JobState]) {
        watch.isAsking = false
        let now = ContinuousClock.now
        var isNew = false
        for group in groups.values where group.isSubmitted {
            for index in group.awaitedJobs {
                guard let id = group.members[index].id, let state = states[id] else { continue }
                isNew = isNew || group.members[index].state != state
                group.members[index].state = state
                switch state {
                case .pending:
                    // Also of one that is queued again.
                    group.members[index].heard = now
                    group.members[index].unknownSince = nil
                    group.members[index].endedSince = nil
                case .running:
                    group.members[index].heard = now
                    group.members[index].unknownSince = nil
                    group.members[index].endedSince = nil
                    started(group, index)
                case .ended:
                    if group.members[index].endedSince == nil { group.members[index].endedSince = now }
                case .unknown:
                    if group.members[index].unknownSince == nil { group.members[index].unknownSince = now }
                }
            }
        }
        if isNew { watch.lastNews = .now }
        schedule()
    }

    /// Gives up what has ended without a report, once it is certain that none will come.
    private func settle(_ group: ClusterGroup, listenedAt began: ContinuousClock.Instant) {
        for index in group.open {
            let member = group.members[index]
            // What another job has claimed hangs on that one.
            let job = member.runner.map { group.members[$0] } ?? member
            switch job.state {
            case .ended(let ending):
                guard let since = job.endedSince else { continue }
                let wait = isStopping ? .zero : work.settling
                guard began - since >= wait else { continue }
                let reason = member.endedBecause ?? ending.sentence(of: group.work.executor.name, job.id)
                over(group, index) { $0.attempt($1, lostBecause: reason) }
            case .unknown:
                guard let since = job.unknownSince else { continue }
                if !member.hasStarted, member.runner == nil, member.endedBecause == nil, !isStopping, began - since >= work.settling * 2,
                    submitAgain(group)
                {
                    return
                }
                let quiet = min(began - since, began - max(member.heard, job.heard))
                let isWanted = member.endedBecause == nil && !isStopping
                guard quiet >= (isWanted ? work.patience : .seconds(2)) else { continue }
                let reason = member.endedBecause
                    ?? (isStopping
                        ? "It was stopped."
                        : "\(group.work.executor.name) does not know its job \(job.id?.text ?? "") any more, and nothing was heard of it for \(work.patience.components.seconds) s.")
                over(group, index) { $0.attempt($1, lostBecause: reason) }
            case .pending, .running: continue
            }
        }
    }
}

extension JobEnding {
    /// What a person reads of an attempt whose job ended like that, with no report of its own.
    func sentence(of executor: String, _ id: JobID?) -> String {
        let job = "\(executor) job \(id?.text ?? "")" + (node.map { " on \($0)" } ?? "")
        let words: String =
            switch cause {
            case .completed: "ended without a report"
            case .exited(let code): NodeExit.sentence(code).map { "failed: \($0)" } ?? "exited with code \(code) before the step was over"
            case .signalled(let number): "was killed by signal \(number)"
            case .outOfMemory: "was killed: it used more memory than it had asked for"
            case .timeLimit: "was killed: its time was over"
            case .preempted: "was preempted"
            case .nodeFailed: "was lost: its node failed"
            case .cancelled: "was cancelled"
            case .evicted: "was evicted from its node"
            case .notStarted: "could not start"
            }
        let help: String =
            switch cause {
            case .outOfMemory: " Ask for more with @resources(memory=…)."
            case .timeLimit: " Ask for more with @timeout or the cluster's own limit."
            default: ""
            }
        return "Its \(job) \(words)" + (message.map { " (\($0))" } ?? "") + "." + help
    }
}
