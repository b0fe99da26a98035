import Glibc

/// What one of the process's outputs can show.
struct Terminal: Sendable {
    /// The descriptor: 1 or 2.
    let descriptor: Int32
    /// True on a terminal whose lines can be rewritten.
    let isInteractive: Bool
    /// True where colour helps: on a terminal, unless `NO_COLOR` is set or the terminal is dumb.
    let hasColour: Bool
    /// True where letters beyond ASCII are shown.
    let isUnicode: Bool

    init(descriptor: Int32, environment: [String: String]) {
        self.descriptor = descriptor
        let kind = environment["TERM"] ?? ""
        isInteractive = isatty(descriptor) == 1 && kind != "dumb" && !kind.isEmpty
        let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        hasColour = isInteractive && !refused
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        isUnicode = locale.map { $0.lowercased().replacing("-", with: "").contains("utf8") } ?? false
    }

    /// Columns, asked anew each time since windows change; 80 where it is not a terminal.
    var width: Int { size.columns }

    /// Rows; 24 where it is not a terminal.
    var height: Int { size.rows }

    private var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard isInteractive, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
        return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24)
    }

    /// Writes all bytes, or gives up when the reader is gone.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                let written = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: start), bytes.count - start)
                if written < 0 {
                    if errno == EINTR { continue }
                    if errno == EAGAIN { waitUntilWritable(); continue }
                    return
                }
                start += written
            }
        }
    }

    func writeLine(_ text: String) {
        write(text + "\n")
    }

    private func waitUntilWritable() {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
    }
}

/// A way to set text apart. Nothing is said by it alone.
enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
    case boldRed = "1;31"

    /// `text` in this style where the terminal has colour.
    func callAsFunction(_ text: String, on terminal: Terminal) -> String {
        terminal.hasColour ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
