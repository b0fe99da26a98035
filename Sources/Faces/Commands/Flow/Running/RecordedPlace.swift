import FlowModel
import FoundationEssentials
import Ledger
import RunDriver
import Scheduler
import WorkerProtocol

/// Where a recorded task stood in its run: what it took its inputs from, and the foreaches around it.
struct RecordedPlace {
    private let task: TaskRecord
    private let origin: RunKey
    private let node: GraphNode
    private let ledger: RunLedger

    init(_ task: TaskRecord, of origin: RunKey, node: GraphNode, ledger: RunLedger) throws {
        guard !node.isParallel else { throw SpinError.isParallel(node.name) }
        self.task = task
        self.origin = origin
        self.node = node
        self.ledger = ledger
    }

    /// The task as one to run by itself.
    func spinTask(overrides: String?) throws -> SpinTask {
        let inputs = try task.inputs.compactMap { try ledger.task(Ledger::TaskKey(run: origin, task: $0)) }
        var attempts: [TaskID: AttemptNumber] = [:]
        for input in inputs { attempts[input.task] = input.doneAttempt }
        let frames = try self.frames(attempts: &attempts)
        let assignment = TaskAssignment(
            key: Scheduler::TaskKey(step: task.step, task: TaskID(number: 1)), isJoin: node.isJoin, frames: frames,
            parents: inputs.enumerated().map { place, input in
                ParentTask(
                    step: input.step, task: input.task, attempt: input.doneAttempt ?? 0,
                    index: input.index ?? (node.isJoin ? place : nil))
            },
            iteration: task.iteration)
        return SpinTask(origin: origin, assignment: assignment, attempts: attempts, overrides: overrides)
    }

    /// The foreach stack, with the task that made each split.
    private func frames(attempts: inout [TaskID: AttemptNumber]) throws -> [ForeachFrame] {
        guard !task.frames.isEmpty else { return [] }
        let messages = try JSONDecoder().decode([ForeachFrameMessage].self, from: Data(task.frames.utf8))
        var frames: [ForeachFrame] = []
        var current = task
        for depth in messages.indices.reversed() {
            let message = messages[depth]
            // The split is the nearest task before that stands outside of this foreach.
            while let before = try current.inputs.first.flatMap({
                try ledger.task(Ledger::TaskKey(run: origin, task: $0))
            }) {
                current = before
                if before.step.text == message.step, try Self.depth(before) == depth { break }
            }
            attempts[current.task] = current.doneAttempt
            frames.append(
                ForeachFrame(
                    step: StepName(message.step), splitTask: current.task, splitAttempt: current.doneAttempt ?? 0,
                    variable: message.variable, splits: message.splits, index: message.index, value: message.value))
        }
        return frames.reversed()
    }

    private static func depth(_ task: TaskRecord) throws -> Int {
        task.frames.isEmpty
            ? 0 : try JSONDecoder().decode([ForeachFrameMessage].self, from: Data(task.frames.utf8)).count
    }
}
