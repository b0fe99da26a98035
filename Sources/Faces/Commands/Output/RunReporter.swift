import Executors
import FlowModel
import RunDriver

/// Tells a run on the terminal, a line at a time: `2026-11-23 14:07:31.042 [run/step/task (pid 71)] text`.
///
/// On a terminal there is also a live line with the number of tasks.
final class RunReporter: RunObserver {
    private let terminal: Terminal
    private let live: LiveLine
    private let run: RunID
    private let began = ContinuousClock.now
    private var held = ""
    private var partial: [AttemptName: [OutputStream: [UInt8]]] = [:]

    init(_ terminal: Terminal, run: RunID) {
        self.terminal = terminal
        self.run = run
        live = LiveLine(terminal)
    }

    func runStarts(_ run: RunID) {
        line(Style.bold("Workflow starting (run-id \(run)):", on: terminal))
    }

    func attempt(_ name: AttemptName, process: Int32?, _ news: AttemptNews) {
        // The task that stores the parameters is the engine's own business, unless it prints.
        if name.step == .parameters, case .printed = news {} else if name.step == .parameters { return }
        switch news {
        case .starting:
            line(name.attempt == 0 ? "Task is starting." : "Task is starting (retry).", name, process)
        case .printed(let stream, let bytes):
            printed(bytes, stream, name, process)
        case .foreachYields(let count):
            line("Foreach yields \(count) child steps.", name, process)
        case .finished:
            flushPartial(name, process)
            line(Style.green("Task finished successfully.", on: terminal), name, process)
        case .failed(let reason, let willRetry):
            flushPartial(name, process)
            if let reason { line(reason, name, process, .yellow) }
            line(Style.boldRed("Task failed.", on: terminal) + (willRetry ? " It will be tried again." : ""), name, process)
        }
    }

    func note(_ text: String) {
        for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
            line(Style.yellow(String(part), on: terminal))
        }
    }

    func runEnds(_ ending: RunEnding) {
        settle(RunStatus())
        switch ending {
        case .succeeded:
            line(Style.bold("Done!", on: terminal))
        case .failed(let tasks):
            if !tasks.isEmpty {
                let names = tasks.map { "\(run)/\($0.step)/\($0.task)" }.joined(separator: ", ")
                line(Style.boldRed("Workflow failed.", on: terminal) + " Failed: \(names)")
            } else {
                line(Style.boldRed("Workflow failed.", on: terminal))
            }
        case .stopped:
            line(Style.boldRed("Workflow stopped.", on: terminal))
        }
        flush()
        live.clear()
    }

    func settle(_ status: RunStatus) {
        flush()
        guard terminal.isInteractive, status.running > 0 else { return }
        live.show("  \(status.running) running, \(status.finished) finished, \(DurationText(.now - began))")
    }

    // MARK: Lines

    private func printed(_ bytes: [UInt8], _ stream: OutputStream, _ name: AttemptName, _ process: Int32?) {
        var text = partial[name]?[stream] ?? []
        text += bytes
        var parts = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let rest = parts.popLast() ?? []
        for part in parts { output(part, name, process) }
        partial[name, default: [:]][stream] = rest.isEmpty ? nil : Array(rest)
    }

    private func flushPartial(_ name: AttemptName, _ process: Int32?) {
        for (_, rest) in (partial.removeValue(forKey: name) ?? [:]).sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            output(rest[...], name, process)
        }
    }

    private func output(_ bytes: ArraySlice<UInt8>, _ name: AttemptName, _ process: Int32?) {
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last?.isWhitespace == true { text.removeLast() }
        line(text, name, process)
    }

    private func line(_ text: String, _ name: AttemptName, _ process: Int32?, _ style: Style? = nil) {
        let pid = process.map { " (pid \($0))" } ?? ""
        let prefix = Style.cyan("[\(run)/\(name.step)/\(name.task)\(pid)]", on: terminal)
        line(prefix + " " + (style?(text, on: terminal) ?? text))
    }

    private func line(_ text: String) {
        held += Style.dim(LocalTime.now.text, on: terminal) + " " + text + "\n"
        if held.utf8.count > 1 << 16 { flush() }
    }

    private func flush() {
        guard !held.isEmpty else { return }
        live.writeAbove(held)
        held = ""
    }
}
