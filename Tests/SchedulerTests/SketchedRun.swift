import FlowModel
import Scheduler
import TestSupport

/// A run of a sketched flow whose tasks end when the test says so.
struct SketchedRun {
    private(set) var scheduler: RunScheduler
    /// Everything that was started, in order.
    private(set) var started: [TaskAssignment] = []
    private(set) var running: [TaskID: TaskAssignment] = [:]
    /// The attempts whose end was asked for.
    private(set) var ended: [TaskKey] = []
    private(set) var notes: [SchedulerNote] = []
    private(set) var outcome: RunOutcome?
    /// How many items the foreach of a task has, how many nodes its parallel step, how many mappers its unbounded foreach;
    /// 2 unless the test says otherwise.
    var splits: (TaskAssignment) -> Int = { _ in 2 }
    /// Where a switch goes; to its first target unless the test says otherwise.
    var choice: (TaskAssignment) -> StepName? = { _ in nil }
    /// Whether a foreach is unbounded.
    var isUnbounded: (TaskAssignment) -> Bool = { _ in false }
    /// Whether a task that succeeds has caught an exception.
    var catches: (TaskAssignment) -> Bool = { _ in false }
    /// Whether a task succeeds while the effects of the event that started it are not done yet, as a clone does.
    var isCloned: (TaskAssignment) -> Bool = { _ in false }

    init(_ sketch: String, _ options: SchedulerOptions = SchedulerOptions()) throws {
        try self.init(FlowGraph(validating: FlowDescription(sketch: sketch)), options)
    }

    init(_ graph: FlowGraph, _ options: SchedulerOptions = SchedulerOptions()) {
        scheduler = RunScheduler(graph: graph, options: options)
    }

    /// `step/task` of what runs, in order of the tasks.
    var runningNames: [String] { running.keys.sorted().compactMap { running[$0]?.key.description } }

    /// How many workers are busy: the nodes of a parallel step are one.
    var takenWorkers: Int { Set(running.values.map { $0.parallel?.control ?? $0.task }).count }

    @discardableResult
    mutating func handle(_ event: SchedulerEvent) -> [SchedulerEffect] {
        let effects = scheduler.handle(event)
        for effect in effects {
            switch effect {
            case .start(let assignment):
                started.append(assignment)
                running[assignment.task] = assignment
                if isCloned(assignment) { succeed(assignment.task) }
            case .end(let key, _): ended.append(key)
            case .note(let note): notes.append(note)
            case .finished(let outcome): self.outcome = outcome
            }
        }
        return effects
    }

    /// The task goes where its source says.
    mutating func succeed(_ task: TaskID) {
        guard let assignment = running[task] else { return }
        let isControl = assignment.unbounded == .control
        succeed(
            task,
            TaskOutcome(
                transition: isControl ? nil : transition(of: assignment), mappers: isControl ? splits(assignment) : nil,
                caughtException: catches(assignment)))
    }

    mutating func succeed(_ task: TaskID, _ taken: TransitionTaken?) {
        succeed(task, TaskOutcome(transition: taken))
    }

    mutating func succeed(_ task: TaskID, _ outcome: TaskOutcome) {
        guard let assignment = running.removeValue(forKey: task) else { return }
        handle(.attemptSucceeded(assignment.key, outcome))
    }

    mutating func fail(_ task: TaskID, _ failure: AttemptFailure = AttemptFailure("ValueError: no")) {
        guard let assignment = running.removeValue(forKey: task) else { return }
        handle(.attemptFailed(assignment.key, failure))
    }

    /// Lets tasks succeed, lowest first, until nothing runs.
    mutating func finish() {
        while let task = running.keys.min() { succeed(task) }
    }

    func transition(of assignment: TaskAssignment) -> TransitionTaken? {
        switch scheduler.graph[assignment.step]?.transition {
        case nil: return nil
        case .linear(let target): return TransitionTaken(targets: [target])
        case .split(let targets): return TransitionTaken(targets: targets)
        case .switch(let targets, let condition, _):
            return TransitionTaken(targets: [choice(assignment) ?? targets[0]], condition: condition)
        case .parallel(let target):
            return TransitionTaken(
                targets: [target], foreach: ForeachFrame.parallelVariable, unbounded: true, parallel: splits(assignment))
        case .foreach(let target, let variable):
            if isUnbounded(assignment) { return TransitionTaken(targets: [target], foreach: variable, unbounded: true) }
            let count = splits(assignment)
            return TransitionTaken(
                targets: [target], foreach: variable, splits: count, values: (0..<count).map { "\(variable) \($0)" })
        }
    }
}

/// So many further attempts for each step.
func retrying(_ times: [StepName: Int]) -> [StepName: AttemptLimits] {
    times.mapValues { AttemptLimits(user: $0 + 1, total: $0 + 1) }
}

extension RunOutcome {
    var failures: [RunFailure] {
        if case .failed(let failures) = self { failures } else { [] }
    }
}
