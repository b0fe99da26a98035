import FlowModel
import FoundationEssentials
import Scheduler
import WorkerProtocol

/// What an attempt's result said about where the flow goes on, as the ledger keeps it: enough to clone the attempt.
struct RecordedOutcome: Codable {
    var transition: AttemptResult.Transition?
    var mappers: Int?
    var caught: Bool?

    init(_ result: AttemptResult) {
        transition = result.transition
        mappers = result.mappers
        caught = result.caught
    }

    /// Reads what a ledger holds; that of the first versions is the transition alone.
    init?(_ text: String) {
        let data = Data(text.utf8)
        guard let outcome = try? JSONDecoder().decode(RecordedOutcome.self, from: data) else { return nil }
        self = outcome
        if outcome.transition == nil, outcome.mappers == nil {
            transition = try? JSONDecoder().decode(AttemptResult.Transition.self, from: data)
        }
    }

    /// As the scheduler takes it.
    var taskOutcome: TaskOutcome {
        TaskOutcome(
            transition: transition.map { TransitionTaken($0) }, mappers: mappers, caughtException: caught ?? false)
    }
}

extension TransitionTaken {
    init(_ transition: AttemptResult.Transition) {
        self.init(
            targets: transition.targets.map { StepName($0) }, foreach: transition.foreach, splits: transition.splits,
            values: transition.values, unbounded: transition.unbounded ?? false, parallel: transition.parallel,
            condition: transition.condition)
    }
}
