import Diagnostics
import Synchronization

/// Tells a person how environments come about: one live line on a terminal, one line a phase otherwise.
final class ProgressRenderer: Sendable {
    private struct Count {
        var total: Int?
        var items = 0
        var bytes: Int64 = 0
        var began = ContinuousClock.now
    }

    private struct State {
        var counts: [ProgressPhase: Count] = [:]
        var order: [ProgressPhase] = []
        var lastShown = ContinuousClock.now - .seconds(1)
        let line: LiveBlock
    }

    private let terminal: Terminal
    // Progress arrives from every download and unpacking thread.
    private let state: Mutex<State>

    init(_ terminal: Terminal) {
        self.terminal = terminal
        state = Mutex(State(line: LiveBlock(terminal)))
    }

    /// Where libraries send their progress.
    var sink: ProgressSink {
        { event in self.receive(event) }
    }

    /// The same, or nowhere if only results are wanted.
    func sink(quiet: Bool) -> ProgressSink {
        if quiet { { _ in } } else { sink }
    }

    /// Takes the live line away.
    func finish() {
        state.withLock { $0.line.clear() }
    }

    private func receive(_ event: ProgressEvent) {
        state.withLock { state in
            switch event {
            case .began(let phase, let total):
                state.counts[phase] = Count(total: total)
                if !state.order.contains(phase) { state.order.append(phase) }
            case .advanced(let phase, let items, let bytes):
                state.counts[phase, default: Count()].items += items
                state.counts[phase, default: Count()].bytes += bytes
            case .ended(let phase, let items, let bytes):
                let began = state.counts.removeValue(forKey: phase)?.began ?? .now
                state.order.removeAll { $0 == phase }
                if items > 0 { say(summary(phase, items, bytes, ContinuousClock.now - began), &state) }
            case .note(let text): say(text, &state)
            case .warning(let text): say(Style.yellow("warning:", on: terminal) + " " + text, &state)
            }
            show(&state)
        }
    }

    private func say(_ text: String, _ state: inout State) {
        state.line.writeAbove(text + "\n")
    }

    private func show(_ state: inout State) {
        guard terminal.isInteractive else { return }
        let now = ContinuousClock.now
        guard now - state.lastShown > .milliseconds(60) || state.order.isEmpty else { return }
        state.lastShown = now
        let parts = state.order.compactMap { phase in
            state.counts[phase].map { describe(phase, $0, at: now) }
        }
        parts.isEmpty ? state.line.clear() : state.line.show(parts.joined(separator: " · "))
    }

    private func describe(_ phase: ProgressPhase, _ count: Count, at now: ContinuousClock.Instant) -> String {
        var text = phase.presentTense + " \(count.items)" + (count.total.map { "/\($0)" } ?? "")
        if count.bytes > 0 {
            text += " \(ByteText(count.bytes))"
            let seconds = (now - count.began) / .seconds(1)
            if phase == .downloading, seconds > 0.5 { text += " (\(ByteText(Int64(Double(count.bytes) / seconds)))/s)" }
        }
        return text
    }

    private func summary(_ phase: ProgressPhase, _ items: Int, _ bytes: Int64, _ time: Duration) -> String {
        let things = items == 1 ? phase.item : phase.item + "s"
        let size = bytes > 0 ? " (\(ByteText(bytes)))" : ""
        return "\(phase.pastTense) \(items) \(things)\(size) in \(DurationText(time))"
    }
}

extension ProgressPhase {
    fileprivate var presentTense: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    fileprivate var pastTense: String {
        switch self {
        case .resolving: "Resolved"
        case .downloading: "Downloaded"
        case .unpacking: "Unpacked"
        case .linking: "Linked"
        case .packaging: "Packaged"
        case .verifying: "Verified"
        }
    }

    fileprivate var item: String {
        switch self {
        case .resolving: "package"
        case .downloading, .unpacking: "wheel"
        case .linking, .packaging, .verifying: "file"
        }
    }
}

/// A number of bytes for a person: `12.3 MB`, decimal units.
struct ByteText: CustomStringConvertible {
    let description: String

    init(_ bytes: Int64) {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let tenths = (value * 10).rounded() / 10
        description = unit == 0 ? "\(bytes) B" : "\(tenths) \(units[unit])"
    }
}

/// A stretch of time for a person: `12 ms`, `3.4 s`, `2 min 5 s`, `1 h 20 min`.
struct DurationText: CustomStringConvertible {
    let description: String

    init(_ time: Duration) {
        let seconds = time / .seconds(1)
        description =
            switch seconds {
            case ..<1: "\(Int((seconds * 1000).rounded())) ms"
            case ..<60: "\((seconds * 10).rounded() / 10) s"
            case ..<3600: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
            default: "\(Int(seconds) / 3600) h \(Int(seconds) / 60 % 60) min"
            }
    }
}
