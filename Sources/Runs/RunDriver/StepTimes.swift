import FlowModel
import Scheduler

/// When the steps of a run began and ended, seen each time their tasks are counted.
struct StepTimes {
    private var began: [StepName: ContinuousClock.Instant] = [:]
    private var ended: [StepName: ContinuousClock.Instant] = [:]
    private var order: [StepName] = []

    /// The counts of the scheduler with times, in the order in which the steps began.
    mutating func counts(_ counts: [StepTaskCounts]) -> [StepCount] {
        let now = ContinuousClock.now
        var byStep: [StepName: StepCount] = [:]
        for count in counts where count.running + count.finished + count.failed + count.waiting > 0 {
            if began.updateValue(began[count.step] ?? now, forKey: count.step) == nil { order.append(count.step) }
            let isIdle = count.running + count.waiting == 0
            ended[count.step] = isIdle ? ended[count.step] ?? now : nil
            var told = StepCount(step: count.step)
            told.running = count.running
            told.finished = count.finished
            told.failed = count.failed
            told.waiting = count.waiting
            told.expected = count.expected
            told.startedAt = began[count.step]
            told.endedAt = ended[count.step]
            byStep[count.step] = told
        }
        return order.compactMap { byStep[$0] }
    }
}
