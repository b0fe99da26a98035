import FlowModel
import RunDriver

/// How a run stands, as lines: one for each step, a foreach with a bar, and one for the run.
struct StepBoard {
    private let steps: [StepCount]
    private let began: ContinuousClock.Instant
    private let now: ContinuousClock.Instant
    /// Names are cut to this many columns.
    private static let widestName = 28

    init(_ steps: [StepCount], began: ContinuousClock.Instant, now: ContinuousClock.Instant = .now) {
        self.steps = steps.filter { $0.step != .parameters }
        self.began = began
        self.now = now
    }

    /// The lines for a terminal of that size.
    func lines(for terminal: Terminal) -> [StyledText] {
        let shown = chosen(atMost: max(2, min(12, terminal.height / 2)))
        let nameWidth = min(Self.widestName, shown.map { TextWidth($0.step.text).columns }.max() ?? 0)
        let layout = Layout(terminal, nameWidth: nameWidth)
        var lines = shown.map { layout.line(of: $0, now: now) }
        let hidden = steps.count - shown.count
        if hidden > 0 { lines.insert(StyledText("  and \(hidden) more \(hidden == 1 ? "step" : "steps")", .dim), at: 0) }
        return lines + [total]
    }

    /// The steps that matter most, in their order: those with work, those with failures, then the latest.
    private func chosen(atMost limit: Int) -> [StepCount] {
        guard steps.count > limit else { return steps }
        let ranked = steps.enumerated().sorted { left, right in
            let (first, second) = (Self.rank(left.element), Self.rank(right.element))
            return first == second ? left.offset > right.offset : first < second
        }
        let kept = Set(ranked.prefix(limit).map(\.offset))
        return steps.enumerated().filter { kept.contains($0.offset) }.map(\.element)
    }

    private static func rank(_ step: StepCount) -> Int {
        step.running > 0 ? 0 : step.failed > 0 ? 1 : step.waiting > 0 ? 2 : 3
    }

    private var total: StyledText {
        let running = steps.reduce(0) { $0 + $1.running }
        let finished = steps.reduce(0) { $0 + $1.finished }
        let failed = steps.reduce(0) { $0 + $1.failed }
        let waiting = steps.reduce(0) { $0 + $1.waiting }
        var line = StyledText("  \(ClockText(now - began))  ", .dim)
        line.append("\(finished) \(finished == 1 ? "task" : "tasks") done, \(running) running")
        if waiting > 0 { line.append(", \(waiting) waiting") }
        if failed > 0 { line.append(", \(failed) failed", .red) }
        return line
    }

    /// Where things stand in a line.
    private struct Layout {
        let terminal: Terminal
        let nameWidth: Int
        let barWidth: Int

        init(_ terminal: Terminal, nameWidth: Int) {
            self.terminal = terminal
            self.nameWidth = nameWidth
            // Counts and time need about fifty columns.
            let room = terminal.width - nameWidth - 54
            barWidth = room >= 20 ? 20 : room >= 8 ? room : 0
        }

        func line(of step: StepCount, now: ContinuousClock.Instant) -> StyledText {
            var line = StyledText("  ")
            line.append(
                TextWidth.prefix(step.step.text, columns: nameWidth).padded(toColumns: nameWidth) + "  ", .bold)
            line.append(time(of: step, now).paddedOnTheLeft(toColumns: 7) + "  ", .dim)
            let known = step.running + step.finished + step.failed + step.waiting
            let expected = max(step.expected ?? known, known)
            if expected > 1 {
                if step.expected != nil, barWidth > 0 { line.append(bar(step, of: expected) + "  ", .cyan) }
                line.append(step.expected == nil ? "\(step.finished) done" : "\(step.finished)/\(expected) done")
                if step.running > 0 { line.append(", \(step.running) running") }
                if step.failed > 0 { line.append(", \(step.failed) failed", .red) }
                if step.waiting > 0 { line.append(", \(step.waiting) waiting") }
            } else if step.failed > 0 {
                line.append("failed", .red)
            } else {
                line.append(step.running > 0 ? "running" : step.finished > 0 ? "done" : "waiting")
            }
            return line
        }

        private func time(of step: StepCount, _ now: ContinuousClock.Instant) -> String {
            step.startedAt.map { "\(ClockText((step.endedAt ?? now) - $0))" } ?? ""
        }

        /// What is done, what failed, what runs, and what is left.
        private func bar(_ step: StepCount, of expected: Int) -> String {
            let marks: [Character] = terminal.isUnicode ? ["█", "▒", "░"] : ["#", "=", "-"]
            let done = (step.finished + step.failed) * barWidth / expected
            let begun = (step.finished + step.failed + step.running) * barWidth / expected
            // The first of many that run is seen.
            let running = max(begun - done, step.running > 0 && done < barWidth ? 1 : 0)
            return String(repeating: marks[0], count: done) + String(repeating: marks[1], count: running)
                + String(repeating: marks[2], count: barWidth - done - running)
        }
    }
}

/// A stretch of time as a clock shows it: `0:07`, `12:31`, `1:02:03`.
struct ClockText: CustomStringConvertible {
    let description: String

    init(_ time: Duration) {
        let seconds = max(0, Int(time / .seconds(1)))
        func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let tail = "\(twoDigits(seconds % 60))"
        description = seconds < 3600
            ? "\(seconds / 60):\(tail)" : "\(seconds / 3600):\(twoDigits(seconds / 60 % 60)):\(tail)"
    }
}
