import Diagnostics
import Dispatch
import Synchronization

/// Tells a person how environments come about: a live line for each phase on a terminal, one line a phase otherwise.
final class ProgressRenderer: Sendable {
    private struct State {
        var counts: [PhaseCount] = []
        /// When the first phase of those that go on began; what is over at once is not shown while it goes on.
        var began: ContinuousClock.Instant?
        var lastShown = ContinuousClock.now - .seconds(1)
        var timer: (any DispatchSourceTimer)?
        let block: LiveBlock
    }

    /// Shorter work would only flicker.
    private static let patience = Duration.milliseconds(250)

    private let terminal: Terminal
    // Progress arrives from every download and unpacking thread.
    private let state: Mutex<State>

    init(_ terminal: Terminal) {
        self.terminal = terminal
        state = Mutex(State(block: LiveBlock(terminal)))
    }

    /// Where libraries send their progress.
    var sink: ProgressSink {
        { event in self.receive(event) }
    }

    /// The same, or nowhere if only results are wanted.
    func sink(quiet: Bool) -> ProgressSink {
        if quiet { { _ in } } else { sink }
    }

    /// Takes the live lines away.
    func finish() {
        state.withLock { state in
            state.timer?.cancel()
            state.timer = nil
            state.counts = []
            state.block.clear()
        }
    }

    private func receive(_ event: ProgressEvent) {
        let now = ContinuousClock.now
        state.withLock { state in
            switch event {
            case .began(let phase, let total):
                state.counts.removeAll { $0.phase == phase }
                state.counts.append(PhaseCount(phase, total: total, began: now))
                if state.began == nil { state.began = now }
                startClock(&state)
            case .expected(let phase, let bytes): change(phase, &state, now) { $0.totalBytes = bytes }
            case .advanced(let phase, let items, let bytes):
                change(phase, &state, now) { $0.advance(items: items, bytes: bytes, at: now) }
            case .ended(let phase, let items, let bytes):
                let began = state.counts.first { $0.phase == phase }?.began ?? now
                state.counts.removeAll { $0.phase == phase }
                if items > 0 { say(summary(phase, items, bytes, now - began), &state) }
            case .note(let text): say(text, &state)
            case .warning(let text): say(Style.yellow("warning:", on: terminal) + " " + VisibleText.of(text), &state)
            }
            if state.counts.isEmpty { state.began = nil }
            show(&state, now)
        }
    }

    private func change(
        _ phase: ProgressPhase, _ state: inout State, _ now: ContinuousClock.Instant, _ edit: (inout PhaseCount) -> Void
    ) {
        if let place = state.counts.firstIndex(where: { $0.phase == phase }) { edit(&state.counts[place]) }
    }

    private func say(_ text: String, _ state: inout State) {
        state.block.writeAbove(text + "\n")
    }

    private func show(_ state: inout State, _ now: ContinuousClock.Instant) {
        guard terminal.isInteractive else { return }
        guard let began = state.began else { return state.block.clear() }
        guard now - began > Self.patience, now - state.lastShown > .milliseconds(60) else { return }
        state.lastShown = now
        state.block.show(ProgressBoard(state.counts, now: now).lines(for: terminal))
    }

    /// Time goes on though nothing arrives.
    private func startClock(_ state: inout State) {
        guard terminal.isInteractive, state.timer == nil else { return }
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + .milliseconds(300), repeating: .milliseconds(250))
        timer.setEventHandler { [weak self] in
            self?.state.withLock { state in self?.show(&state, .now) }
        }
        timer.resume()
        state.timer = timer
    }

    private func summary(_ phase: ProgressPhase, _ items: Int, _ bytes: Int64, _ time: Duration) -> String {
        let things = items == 1 ? phase.item : phase.item + "s"
        let size = bytes > 0 ? " (\(ByteText(bytes)))" : ""
        return "\(phase.pastTense) \(items) \(things)\(size) in \(DurationText(time))"
    }
}

extension ProgressPhase {
    fileprivate var pastTense: String {
        switch self {
        case .fetching: "Fetched"
        case .resolving: "Resolved"
        case .downloading: "Downloaded"
        case .unpacking: "Unpacked"
        case .linking: "Linked"
        case .packaging: "Packaged"
        case .compiling: "Compiled"
        case .verifying: "Verified"
        case .storing: "Stored"
        }
    }

    fileprivate var item: String {
        switch self {
        case .fetching: "Python"
        case .resolving, .downloading, .unpacking: "package"
        case .linking, .packaging, .verifying, .storing: "file"
        case .compiling: "module"
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
