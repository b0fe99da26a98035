package import FlowModel
package import Ledger
import Scheduler

/// Finds the task of the run that is reproduced at the place of one of the new run, and its seed.
package struct RecordedTwins {
    private let ledger: RunLedger
    private let origin: RunKey
    private var steps: [StepName: [RunPlace: TaskRecord]] = [:]
    private var runSeeds: [RunID: RunSeed?] = [:]

    package init(of origin: RunKey, in ledger: RunLedger) {
        self.origin = origin
        self.ledger = ledger
    }

    /// The task at that place; `nil` if the run had none.
    package mutating func twin(of step: StepName, at place: RunPlace) throws -> TaskRecord? {
        if let known = steps[step] { return known[place] }
        var found: [RunPlace: TaskRecord] = [:]
        for task in try ledger.tasks(of: origin, step: step) {
            found[RunPlace(frames: task.frames, iteration: task.iteration)] = task
        }
        steps[step] = found
        return found[place]
    }

    /// The seed with which the recorded task succeeded, for as many attempts as it took; then those that came after it.
    ///
    /// - Returns: `nil` where the run has recorded no seed.
    package mutating func seed(of step: StepName, at place: RunPlace, attempt: Int) throws -> String? {
        guard let twin = try twin(of: step, at: place) else {
            return try runSeed(origin.run)?.seed(of: step, at: place, attempt: attempt)
        }
        let (run, task) = try ran(twin)
        let before = task.isSuccessful ? task.doneAttempt?.value ?? 0 : 0
        return try runSeed(run)?.seed(of: step, at: place, attempt: max(before, attempt))
    }

    /// The run that a task ran in, and the task there: another one for what a resumed run has taken over.
    private func ran(_ task: TaskRecord) throws -> (RunID, TaskRecord) {
        var (run, task) = (origin.run, task)
        while task.isClone, let source = task.origin,
            let earlier = try ledger.task(TaskKey(run: RunKey(flow: origin.flow, run: source.run), task: source.task))
        { (run, task) = (source.run, earlier) }
        return (run, task)
    }

    /// The seed that a run has recorded.
    package mutating func runSeed(_ run: RunID) throws -> RunSeed? {
        if let known = runSeeds[run] { return known }
        let key = TaskKey(run: RunKey(flow: origin.flow, run: run), task: .parameters)
        let text = try ledger.metadata(of: key).last { $0.entry.name == RunSeed.metadataName }?.entry.value
        let seed = text.flatMap { RunSeed(parsing: $0) }
        runSeeds[run] = .some(seed)
        return seed
    }
}
