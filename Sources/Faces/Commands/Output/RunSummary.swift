import FlowModel
import RunDriver

/// How a long run stands, in sentences, for those who read along without a terminal.
struct RunSummary {
    let lines: [String]

    /// - Parameter all: every step of the flow, in order.
    init(_ steps: [StepCount], of all: [StepName]) {
        let known = steps.filter { $0.step != .parameters }
        let active = known.filter { $0.running > 0 }
        let running = active.reduce(0) { $0 + $1.running }
        let waiting = known.reduce(0) { $0 + $1.waiting }
        let begun = Set(known.map(\.step))
        let later = all.filter { !begun.contains($0) }.map(\.text)
        var lines: [String] = []
        if running == 0 {
            lines.append("No tasks are running.")
        } else {
            let parts = active.map { "\($0.step) (\($0.running) running; \($0.finished) done)" }
            let subject = running == 1 ? "1 task is running: " : "\(running) tasks are running: "
            lines.append(subject + parts.joined(separator: ", ") + ".")
        }
        switch waiting {
        case 0: lines.append("No tasks are waiting.")
        case 1: lines.append("1 task is waiting to start.")
        default: lines.append("\(waiting) tasks are waiting to start.")
        }
        switch later.count {
        case 0: break
        case 1: lines.append("1 step has not started: \(later[0]).")
        default: lines.append("\(later.count) steps have not started: \(later.joined(separator: ", ")).")
        }
        self.lines = lines
    }
}
