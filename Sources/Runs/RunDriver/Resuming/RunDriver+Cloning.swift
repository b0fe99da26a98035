import Datastore
import Executors
import FlowModel
import Ledger
import Scheduler

/// Taking over what an earlier run has done.
extension RunDriver {
    /// The parameters of a resumed run are those of its origin.
    func cloneParameters(of origin: RunOrigin) {
        record(clone: .parameters, step: .parameters, of: TaskOrigin(run: origin.key.run, task: .parameters),
            attempt: 0, outcome: nil, creation: TaskCreation(task: .parameters, step: .parameters, at: .now()))
        handle(.begin)
    }

    /// Lets a task of the origin stand in for one that is about to start. False when there is none, and it has to run.
    func clones(_ assignment: TaskAssignment) throws -> Bool {
        guard var source = clones, let node = scheduler.graph[assignment.step] else { return false }
        let found = try source.clone(for: assignment, of: node)
        clones = source
        guard let (original, outcome) = found else { return false }
        record(
            clone: assignment.task, step: assignment.step, of: TaskOrigin(run: source.origin.key.run, task: original.task),
            attempt: original.attempt, outcome: original.outcome, creation: creation(of: assignment))
        cloneCount += 1
        finishedCount += 1
        handle(.attemptSucceeded(assignment.key, outcome))
        return true
    }

    private func record(
        clone task: TaskID, step: StepName, of origin: TaskOrigin, attempt: AttemptNumber, outcome: String?,
        creation: TaskCreation
    ) {
        var creation = creation
        creation.origin = origin
        let key = AttemptKey(task: task, attempt: 0)
        let original = AttemptReference(run: origin.run, AttemptKey(task: origin.task, attempt: attempt))
        let now = creation.at
        batch.add(
            .taskCreated(creation),
            .attemptBegan(
                AttemptBeginning(attempt: key, at: now, inherits: original, logStart: log.end, isClone: true)),
            .attemptEnded(
                AttemptEnd(attempt: key, at: now, succeeded: true, exitStatus: 0, transition: outcome, logEnd: log.end,
                    caught: outcome.flatMap { RecordedOutcome($0) }?.caught ?? false)))
    }
}
