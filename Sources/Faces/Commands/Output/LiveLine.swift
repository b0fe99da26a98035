/// The one line at the bottom of a terminal that is rewritten in place, below lines that stay.
///
/// Everything written to that terminal goes through here, or the two would mix. On anything but a terminal there is no
/// such line, and only the lines that stay are written.
final class LiveLine {
    private let terminal: Terminal
    private var shown = ""

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// Writes text that stays; it ends with a line break.
    func writeAbove(_ text: String) {
        guard !shown.isEmpty else { return terminal.write(text) }
        terminal.write("\r\u{1B}[K" + text + shown)
    }

    /// Shows `text` as the live line, cut to the width of the terminal.
    func show(_ text: String) {
        guard terminal.isInteractive else { return }
        let cut = String(text.prefix(max(1, terminal.width - 1)))
        guard cut != shown else { return }
        terminal.write("\r\u{1B}[K" + cut)
        shown = cut
    }

    /// Takes the live line away.
    func clear() {
        guard !shown.isEmpty else { return }
        terminal.write("\r\u{1B}[K")
        shown = ""
    }
}
