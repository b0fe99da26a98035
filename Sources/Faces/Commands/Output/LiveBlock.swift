/// The lines at the bottom of a terminal that are rewritten in place, below lines that stay.
///
/// Everything written to that terminal goes through here, or the two would mix. On anything but a terminal there are no
/// such lines, and only those that stay are written.
final class LiveBlock {
    private let terminal: Terminal
    /// What stands there, and how many columns each line takes.
    private var shown: [(text: String, columns: Int)] = []

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// Writes text that stays; it ends with a line break.
    func writeAbove(_ text: String) {
        terminal.write(erasure + text + content)
    }

    /// Shows these lines in place of the earlier ones, each cut to the width of the terminal; and above them `text`, which
    /// stays.
    func show(_ lines: [StyledText], below text: String = "") {
        guard terminal.isInteractive else { return terminal.write(text) }
        let erasure = erasure
        // What the terminal echoes, as ^C, must not break the last line.
        let width = max(1, terminal.width - 4)
        shown = lines.map { line in
            let cut = line.cut(toColumns: width)
            return (cut.text(on: terminal), cut.columns)
        }
        terminal.write(erasure + text + content)
    }

    /// Shows one plain line.
    func show(_ text: String) {
        show([StyledText(text)])
    }

    /// Takes the lines away.
    func clear() {
        guard !shown.isEmpty else { return }
        terminal.write(erasure)
        shown = []
    }

    private var content: String { shown.map(\.text).joined(separator: "\n") }

    /// Moves to the beginning of the first line and erases from there on. A terminal that has become narrower shows a line
    /// in several rows.
    private var erasure: String {
        guard !shown.isEmpty else { return "" }
        let width = max(1, terminal.width)
        let rows = shown.reduce(0) { $0 + max(1, ($1.columns + width - 1) / width) }
        return "\r" + (rows > 1 ? "\u{1B}[\(rows - 1)A" : "") + "\u{1B}[J"
    }
}

/// A line of pieces in different styles.
struct StyledText {
    private var pieces: [(text: String, style: Style?)]

    init(_ text: String, _ style: Style? = nil) {
        pieces = [(text, style)]
    }

    mutating func append(_ text: String, _ style: Style? = nil) {
        pieces.append((text, style))
    }

    var columns: Int { pieces.reduce(0) { $0 + TextWidth($1.text).columns } }

    func text(on terminal: Terminal) -> String {
        pieces.map { $0.style?($0.text, on: terminal) ?? $0.text }.joined()
    }

    /// The beginning that fits.
    func cut(toColumns limit: Int) -> StyledText {
        var left = limit
        var cut = StyledText("")
        for (text, style) in pieces where left > 0 {
            let part = TextWidth.prefix(text, columns: left)
            left -= TextWidth(part).columns
            cut.append(part, style)
        }
        return cut
    }
}
