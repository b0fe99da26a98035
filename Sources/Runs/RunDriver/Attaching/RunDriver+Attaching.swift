import Clusters
import Datastore
import Executors
import FlowModel
import Ledger
import Scheduler

/// Going on with a run whose engine is gone.
extension RunDriver {
    /// Brings the scheduler to where the run stood, takes over what is on clusters, and starts anew what went with the engine.
    ///
    /// - Throws: `AttachmentError`; nothing was recorded then.
    func attach(_ attachment: Attachment) throws {
        var replay = Replay(scheduler)
        replay.take(.begin)
        for record in attachment.attempts where record.isFinished {
            let name = AttemptName(step: record.step, task: record.key.task, attempt: record.key.attempt)
            guard let assignment = replay.pending[name], record.frames == creation(of: assignment).frames else {
                throw AttachmentError.differs(run: plan.key, task: "\(record.step)/\(record.key.task)")
            }
            if record.isSuccessful {
                if name.attempt != 0 { successfulAttempts[name.task] = name.attempt }
                finishedCount += 1
                if record.isClone { clones?.took(name.task) }
                let outcome = record.outcome.flatMap { RecordedOutcome($0) }?.taskOutcome ?? TaskOutcome()
                replay.end(name, .attemptSucceeded(assignment.key, outcome))
            } else {
                let failure = AttemptFailure(record.exception ?? "It failed", mayRetry: record.exitStatus != RunningAttempt.codeAgainstRetries)
                replay.end(name, .attemptFailed(assignment.key, failure))
            }
        }
        scheduler = replay.scheduler
        failedAttempts = replay.failures
        let begun = Set(attachment.attempts.map(\.key))
        let created = Set(attachment.attempts.map(\.key.task))
        observer.note(
            "Going on with run \(plan.key.run): \(finishedCount) \(finishedCount == 1 ? "task is" : "tasks are") done.")
        let adopted = adopt(attachment.groups, replay.pending, begun: begun, created: created)
        for name in adopted {
            let logged = attachment.logged[LogSource(task: name.task.text, attempt: name.attempt.value)] ?? [:]
            running[name]?.repeated = logged
            running[name]?.logged = logged.values.reduce(0, +)
        }
        for name in replay.order {
            guard let assignment = replay.pending[name], !adopted.contains(name) else { continue }
            if try !created.contains(name.task) && clones(assignment) { continue }
            register(assignment, isCreated: created.contains(name.task), isBegun: begun.contains(AttemptKey(name)))
            dispatch(assignment)
        }
        if let outcome = replay.outcome { finish(outcome) }
    }

    /// Takes over the jobs of attempts that are not over. Those that were never submitted are now.
    private func adopt(
        _ groups: [Attachment.Group], _ pending: [AttemptName: TaskAssignment], begun: Set<Ledger::AttemptKey>, created: Set<TaskID>
    ) -> Set<AttemptName> {
        guard let clusters else { return [] }
        var adopted: Set<AttemptName> = []
        for group in groups {
            clusters.nextGroup = max(clusters.nextGroup, group.number + 1)
            // Of an attempt in two groups, the later one counts: the earlier was given up.
            let open = group.names.filter { name in pending[name] != nil && !groups.contains { $0.number > group.number && $0.names.contains(name) } }
            guard let first = open.first, let work = clusters.work.steps[first.step] else { continue }
            for name in open {
                guard let assignment = pending[name] else { continue }
                register(assignment, isCreated: created.contains(name.task), isBegun: begun.contains(AttemptKey(name)))
                adopted.insert(name)
            }
            clusters.adopt(group, open: Set(open), work)
        }
        if !adopted.isEmpty {
            observer.note("\(adopted.count) \(adopted.count == 1 ? "job is" : "jobs are") taken over.")
        }
        return adopted
    }
}

/// The scheduler on its way through what is recorded.
private struct Replay {
    var scheduler: RunScheduler
    /// What would run now.
    private(set) var pending: [AttemptName: TaskAssignment] = [:]
    /// All that was ever started, in order.
    private(set) var order: [AttemptName] = []
    private(set) var failures: [AttemptName] = []
    private(set) var outcome: RunOutcome?

    init(_ scheduler: RunScheduler) { self.scheduler = scheduler }

    mutating func end(_ name: AttemptName, _ event: SchedulerEvent) {
        pending[name] = nil
        take(event)
    }

    mutating func take(_ event: SchedulerEvent) {
        for effect in scheduler.handle(event) {
            switch effect {
            case .start(let assignment):
                let name = AttemptName(assignment.key)
                pending[name] = assignment
                order.append(name)
            case .note(.draining(let failure, _)): failures.append(AttemptName(failure.key))
            case .note, .end: break
            case .finished(let outcome): self.outcome = outcome
            }
        }
    }
}
