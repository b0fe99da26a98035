/// Collects much text for one output, so that a line does not cost a call each.
struct OutputBuffer {
    private let terminal: Terminal
    private var text = ""

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    mutating func writeLine(_ line: String) {
        text += line
        text += "\n"
        if text.utf8.count > 1 << 16 { flush() }
    }

    /// Writes what is left; call it at the end.
    mutating func flush() {
        guard !text.isEmpty else { return }
        terminal.write(text)
        text = ""
    }
}
