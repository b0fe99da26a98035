import FlowModel
import Ledger
import Scheduler

/// Finds the task of an earlier run that can stand in for one of this run.
///
/// Tasks correspond by their place: step, indices of the foreaches around them, and round of a loop. One is taken when it
/// succeeded, all tasks it takes its inputs from were taken as well, its step is not to run again, and it went where the
/// step still goes.
struct CloneSource {
    let origin: RunOrigin
    private let ledger: RunLedger
    private var steps: [StepName: [RunPlace: FinishedTaskRecord]] = [:]
    /// Tasks of this run that are clones.
    private var cloned: Set<TaskID> = [.parameters]

    init(_ origin: RunOrigin, ledger: RunLedger) {
        self.origin = origin
        self.ledger = ledger
    }

    /// The task to stand in for one that is about to start, and what it said.
    mutating func clone(
        for assignment: TaskAssignment, of node: GraphNode
    ) throws -> (record: FinishedTaskRecord, outcome: TaskOutcome)? {
        guard !origin.rerun.contains(assignment.step), assignment.attempt == 0,
            assignment.parents.allSatisfy({ cloned.contains($0.task) }),
            assignment.leader.map({ cloned.contains($0) }) ?? true
        else { return nil }
        let place = RunPlace(of: assignment)
        let known = try tasks(of: assignment.step)
        guard let record = known[place] else { return nil }
        let outcome = record.outcome.flatMap { RecordedOutcome($0) }?.taskOutcome ?? TaskOutcome()
        if let parallel = assignment.parallel, parallel.index == 0, !outcome.caughtException {
            // Its nodes succeed together or not at all.
            guard (0..<parallel.nodes).allSatisfy({ known[place.beside($0)] != nil }) else { return nil }
        }
        // A mapper, or a node that follows another, went nowhere by itself.
        guard assignment.leader != nil || outcome.mappers != nil || node.leads(outcome.transition) else { return nil }
        cloned.insert(assignment.task)
        return (record, outcome)
    }

    /// Takes note of a clone that an earlier engine of the run made.
    mutating func took(_ task: TaskID) { cloned.insert(task) }

    private mutating func tasks(of step: StepName) throws -> [RunPlace: FinishedTaskRecord] {
        if let known = steps[step] { return known }
        var found: [RunPlace: FinishedTaskRecord] = [:]
        for record in try ledger.finishedTasks(of: origin.key, step: step) {
            found[RunPlace(frames: record.frames, iteration: record.iteration)] = record
        }
        steps[step] = found
        return found
    }
}

extension TaskAssignment {
    /// The control task that this one belongs to, when it is another one.
    var leader: TaskID? {
        if let parallel { return parallel.index == 0 ? nil : parallel.control }
        guard unbounded == .mapper, let dash = task.text.lastIndex(of: "-") else { return nil }
        return TaskID(String(task.text[..<dash]))
    }
}

extension GraphNode {
    /// Whether the step still goes where a task of it went.
    func leads(_ taken: TransitionTaken?) -> Bool {
        taken?.follows(transition) ?? (transition == nil)
    }
}
