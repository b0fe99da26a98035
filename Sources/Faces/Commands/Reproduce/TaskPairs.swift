import FlowModel
import Ledger
import RunDriver

/// A task of the recorded run and the one at its place in the new run; at least one of them.
struct TaskPair {
    let step: StepName
    let place: RunPlace
    let recorded: TaskRecord?
    let repeated: TaskRecord?

    /// Whether it did not run again.
    var isTakenOver: Bool { repeated?.isClone == true }

    /// `train`, or within a foreach `train (folds[3]=red)`
    var words: String {
        let frames = (recorded ?? repeated)?.foreachText ?? ""
        let round = place.iteration.map { $0 > 0 ? "round \($0)" : "" } ?? ""
        let inner = [frames, round].filter { !$0.isEmpty }.joined(separator: ", ")
        return inner.isEmpty ? "\(step)" : "\(step) (\(inner))"
    }
}

/// All tasks of two runs, at their places.
struct TaskPairs {
    /// In the order of the recorded run.
    let all: [TaskPair]
    /// By the task of the recorded run.
    private let byTask: [TaskID: Int]

    init(_ recorded: RunKey, _ repeated: RunKey, in ledger: RunLedger) throws {
        struct Key: Hashable {
            let step: StepName
            let place: RunPlace

            init(_ task: TaskRecord) {
                step = task.step
                place = RunPlace(frames: task.frames, iteration: task.iteration)
            }
        }
        let new = try ledger.tasks(of: repeated).reversed()
        var twins = Dictionary(new.map { (Key($0), $0) }) { first, _ in first }
        var pairs: [TaskPair] = []
        var places: [TaskID: Int] = [:]
        for task in try ledger.tasks(of: recorded).reversed() {
            let key = Key(task)
            places[task.task] = pairs.count
            pairs.append(
                TaskPair(step: task.step, place: key.place, recorded: task, repeated: twins.removeValue(forKey: key)))
        }
        for task in new {
            let key = Key(task)
            guard twins[key] != nil else { continue }
            pairs.append(TaskPair(step: task.step, place: key.place, recorded: nil, repeated: task))
        }
        all = pairs
        byTask = places
    }

    /// The pairs that a pair takes its inputs from.
    func inputs(of pair: TaskPair) -> [Int] {
        pair.recorded?.inputs.compactMap { byTask[$0] } ?? []
    }
}
