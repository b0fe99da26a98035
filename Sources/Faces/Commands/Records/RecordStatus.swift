import Datastore
import FlowModel
import FoundationEssentials
import Ledger

/// Where a step, a task or an attempt stands; the same words as for runs.
typealias RecordStatus = RunState

extension RunState {
    var style: Style {
        switch self {
        case .running: .cyan
        case .succeeded: .green
        case .failed: .red
        case .abandoned: .yellow
        }
    }
}

extension RunRecord {
    /// From its beginning to its end, or to now while it runs; unknown for one whose engine died.
    var time: Duration? {
        switch state {
        case .running: createdAt.time(until: .now())
        case .succeeded, .failed: finishedAt.map { createdAt.time(until: $0) }
        case .abandoned: nil
        }
    }

    /// Where work without an end stands.
    var stateOfOpenWork: RecordStatus { state == .running ? .running : .abandoned }
}

extension TaskRecord {
    func status(in run: RunRecord) -> RecordStatus {
        guard isFinished else { return run.stateOfOpenWork }
        return isSuccessful ? .succeeded : .failed
    }

    func time(in run: RunRecord) -> Duration? {
        if isFinished { return finishedAt.map { createdAt.time(until: $0) } }
        return run.state == .running ? createdAt.time(until: .now()) : nil
    }

    /// The foreach stack, outermost first.
    var foreachFrames: [TaskOutput.Frame] {
        guard !frames.isEmpty else { return [] }
        return (try? JSONDecoder().decode([TaskOutput.Frame].self, from: Data(frames.utf8))) ?? []
    }
}

extension AttemptRecord {
    func status(in run: RunRecord) -> RecordStatus {
        guard finishedAt != nil else { return run.stateOfOpenWork }
        return isSuccessful ? .succeeded : .failed
    }

    func time(in run: RunRecord) -> Duration? {
        if let finishedAt { return startedAt.time(until: finishedAt) }
        return run.state == .running ? startedAt.time(until: .now()) : nil
    }
}

/// A step as a whole.
struct StepSummary {
    let status: RecordStatus
    let running: Int
    let abandoned: Int
    let finishedAt: WallTime?
    let time: Duration?

    init(_ counts: RecordedStepCounts, of run: RunRecord) {
        let isAlive = run.state == .running
        running = isAlive ? counts.open : 0
        abandoned = isAlive ? 0 : counts.open
        finishedAt = counts.open == 0 ? counts.finishedAt : nil
        status = counts.failed > 0 ? .failed : counts.open == 0 ? .succeeded : run.stateOfOpenWork
        let end = counts.open == 0 ? counts.finishedAt : isAlive ? .now() : nil
        time = end.map { counts.startedAt.time(until: $0) }
    }
}

extension WallTime {
    /// Never negative, whatever was done to the clock.
    func time(until end: WallTime) -> Duration {
        .microseconds(max(0, end.microseconds - microseconds))
    }
}

extension Duration {
    /// With a fraction, to the millisecond.
    var seconds: Double { (self / .milliseconds(1)).rounded() / 1000 }
}
