import Diagnostics

/// How far a phase of the work is.
struct PhaseCount: Sendable {
    var phase: ProgressPhase
    /// Items that are done.
    var items = 0
    /// How many there are, where that is known.
    var total: Int?
    var bytes: Int64 = 0
    var totalBytes: Int64?
    var began: ContinuousClock.Instant
    /// What came lately, for the rate: moments with the bytes until then, a few seconds of them.
    private var samples: [(at: ContinuousClock.Instant, bytes: Int64)] = []

    init(_ phase: ProgressPhase, total: Int? = nil, began: ContinuousClock.Instant) {
        self.phase = phase
        self.total = total
        self.began = began
        samples = [(began, 0)]
    }

    /// Seconds that the rate is of.
    private static let window = Duration.seconds(3)

    mutating func advance(items: Int, bytes: Int64, at now: ContinuousClock.Instant) {
        self.items += items
        self.bytes += bytes
        if let last = samples.last, now - last.at < .milliseconds(200) { return }
        samples.append((now, self.bytes))
        // One older than the window is kept, for it to be whole.
        while samples.count > 2, now - samples[1].at > Self.window { samples.removeFirst() }
    }

    /// In bytes a second, of the last seconds; `nil` before there is anything to tell.
    func rate(at now: ContinuousClock.Instant) -> Double? {
        guard let first = samples.first, now - first.at > .milliseconds(500), bytes > 0 else { return nil }
        return Double(bytes - first.bytes) / ((now - first.at) / .seconds(1))
    }
}

/// How the making of environments stands, as lines: one for each phase that goes on.
struct ProgressBoard {
    private let phases: [PhaseCount]
    private let now: ContinuousClock.Instant

    init(_ phases: [PhaseCount], now: ContinuousClock.Instant = .now) {
        self.phases = phases
        self.now = now
    }

    func lines(for terminal: Terminal) -> [StyledText] {
        let columns = terminal.width
        // Counts, bytes, rate and time need about fifty columns.
        let barWidth = columns >= 90 ? 20 : columns >= 70 ? 10 : 0
        return phases.map { line(of: $0, barWidth, terminal) }
    }

    private func line(of count: PhaseCount, _ barWidth: Int, _ terminal: Terminal) -> StyledText {
        var line = StyledText("  ")
        line.append(count.phase.rawValue.padded(toColumns: 11) + "  ", .bold)
        line.append("\(ClockText(now - count.began))".paddedOnTheLeft(toColumns: 5) + "  ", .dim)
        if barWidth > 0, let done = fraction(of: count) { line.append(bar(done, barWidth, terminal) + "  ", .cyan) }
        line.append("\(count.items)" + (count.total.map { "/\($0)" } ?? "") + " " + count.phase.items)
        var parts: [String] = []
        if count.bytes > 0 {
            parts.append(", \(ByteText(count.bytes))" + (count.totalBytes.map { " of \(ByteText($0))" } ?? ""))
        }
        if [.downloading, .fetching].contains(count.phase), let rate = count.rate(at: now) { parts.append(", \(ByteText(Int64(rate)))/s") }
        // Half a number says something else than the whole. The block keeps the last columns free.
        for part in parts where line.columns + TextWidth(part).columns <= terminal.width - 4 { line.append(part) }
        return line
    }

    /// Bytes tell more than items, where all are known.
    private func fraction(of count: PhaseCount) -> Double? {
        if let total = count.totalBytes, total > 0 { return min(1, Double(count.bytes) / Double(total)) }
        guard let total = count.total, total > 0 else { return nil }
        return min(1, Double(count.items) / Double(total))
    }

    private func bar(_ done: Double, _ width: Int, _ terminal: Terminal) -> String {
        let marks: [Character] = terminal.isUnicode ? ["█", "░"] : ["#", "-"]
        let filled = Int((done * Double(width)).rounded(.down))
        return String(repeating: marks[0], count: filled) + String(repeating: marks[1], count: width - filled)
    }
}

extension ProgressPhase {
    /// What is counted while it goes on.
    fileprivate var items: String {
        switch self {
        case .fetching: "Pythons"
        case .resolving, .downloading, .unpacking, .linking, .compiling: "packages"
        case .packaging, .verifying, .storing: "files"
        }
    }
}
