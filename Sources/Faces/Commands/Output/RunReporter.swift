import Executors
import FlowModel
import RunDriver

/// Tells a run on the terminal, a line at a time: `2026-11-23 14:07:31.042 [run/step/task (pid 71)] text`.
///
/// On a terminal the steps and how they stand are shown below these lines, redrawn a few times a second.
final class RunReporter: RunObserver {
    /// How often the steps are redrawn at most.
    private static let leastPause: Duration = .milliseconds(85)
    /// How often they are when nothing happens, so that the clocks go on.
    private static let tick: Duration = .seconds(1)
    /// A run that is over sooner shows no steps.
    private static let firstShown: Duration = .milliseconds(250)

    private let terminal: Terminal
    private let errors: Terminal
    private let block: LiveBlock
    private let loop: EventLoop
    private let run: RunID
    private let steps: [StepName]
    /// What to type to go on with the run should it fail.
    private let resumption: String?
    private let summaryPause: Duration
    private let began = ContinuousClock.now
    private var lastDrawn = ContinuousClock.now - .seconds(1)
    private var nextDraw: EventLoop.Timer?
    private var drawDue: ContinuousClock.Instant?
    /// How many failed tasks the steps on the terminal show.
    private var failuresShown = 0
    private var nextSummary: EventLoop.Timer?
    private var latest = RunStatus()
    /// Whether any task of the person's has begun.
    private var hasBegun = false
    private var held = ""
    private var partial: [AttemptName: [OutputStream: [UInt8]]] = [:]

    /// - Parameters:
    ///   - steps: all of the flow, in their order.
    ///   - resumption: what to type to go on with the run should it fail; nothing when it cannot be resumed.
    ///   - terminal: where to tell it, if not on standard output.
    init(_ session: FlowSession, run: RunID, steps: [StepName], resumption: String?, on terminal: Terminal? = nil) {
        self.terminal = terminal ?? session.output
        errors = session.error
        loop = session.loop
        self.run = run
        self.steps = steps
        self.resumption = resumption
        let seconds = session.environment["PENSTOCK_SUMMARY_SECONDS"].flatMap { Double($0) } ?? 300
        summaryPause = .seconds(max(0.1, seconds))
        block = LiveBlock(self.terminal)
    }

    func runStarts(_ run: RunID) {
        line(Style.bold("Workflow starting (run-id \(run)):", on: terminal))
    }

    func attempt(_ name: AttemptName, process: Int32?, _ news: AttemptNews) {
        // The task that stores the parameters is the engine's own business, unless it prints.
        if name.step == .parameters, case .printed = news {} else if name.step == .parameters { return }
        switch news {
        case .starting:
            hasBegun = true
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
        for timer in [nextDraw, nextSummary].compactMap({ $0 }) { loop.cancel(timer) }
        for name in partial.keys.sorted(by: { $0.description < $1.description }) { flushPartial(name, nil) }
        switch ending {
        case .succeeded:
            line(Style.bold("Done!", on: terminal))
        case .failed(let tasks):
            let names = tasks.map { "\(run)/\($0.step)/\($0.task)" }.joined(separator: ", ")
            line(Style.boldRed("Workflow failed.", on: terminal) + (names.isEmpty ? "" : " Failed: \(names)"))
        case .stopped:
            line(Style.boldRed("Workflow stopped.", on: terminal))
        }
        block.show([], below: held)
        held = ""
        // A run without a task has nothing to take over.
        if ending != .succeeded, hasBegun, let resumption {
            errors.writeLine(Style.green("help:", on: errors) + " to go on where it stopped: " + resumption)
        }
    }

    func settle(_ status: RunStatus) {
        latest = status
        summarizeLater()
        guard terminal.isInteractive else { return flush() }
        let now = ContinuousClock.now
        let rest = Self.leastPause - (now - lastDrawn)
        // A failure is shown at once: the run may end before the next time to draw.
        guard rest <= .zero || status.failed > failuresShown else {
            // What has come is shown soon, whether or not something happens then.
            return drawLater(rest)
        }
        draw(at: now)
    }

    // MARK: The steps below

    private func draw(at now: ContinuousClock.Instant) {
        lastDrawn = now
        drawDue = nil
        failuresShown = latest.failed
        let untilShown = Self.firstShown - (now - began)
        drawLater(untilShown > .zero ? untilShown : Self.tick)
        let isShown = untilShown <= .zero && !latest.steps.isEmpty
        let lines = isShown ? StepBoard(latest.steps, began: began, now: now).lines(for: terminal) : []
        block.show(lines, below: held)
        held = ""
    }

    /// The loop tells a status after each timer, which is what draws. An earlier timer than this one stays.
    private func drawLater(_ pause: Duration) {
        let due = ContinuousClock.now + pause
        if let drawDue, drawDue <= due { return }
        if let nextDraw { loop.cancel(nextDraw) }
        drawDue = due
        nextDraw = loop.after(pause) { [weak self] in self?.drawDue = nil }
    }

    /// Where there is no terminal, a long run says now and then how it stands.
    private func summarizeLater() {
        guard nextSummary == nil, !terminal.isInteractive else { return }
        nextSummary = loop.after(summaryPause) { [weak self] in
            guard let self else { return }
            self.nextSummary = nil
            for text in RunSummary(self.latest.steps, of: self.steps).lines { self.line(text) }
        }
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
        line(terminal.isInteractive ? TerminalText(text).text : text, name, process)
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
        block.writeAbove(held)
        held = ""
    }
}

extension RunStatus {
    /// Tasks that failed for good.
    fileprivate var failed: Int { steps.reduce(0) { $0 + $1.failed } }
}
