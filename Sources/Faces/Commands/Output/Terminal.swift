import Glibc

/// What one of the process's outputs can show.
struct Terminal: Sendable {
    /// The descriptor: 1 or 2.
    let descriptor: Int32
    /// True on a terminal, where a line can be rewritten.
    let isInteractive: Bool
    /// True where colour helps: on a terminal, unless `NO_COLOR` is set or the terminal is dumb.
    let hasColour: Bool

    init(descriptor: Int32, environment: [String: String]) {
        self.descriptor = descriptor
        isInteractive = isatty(descriptor) == 1
        let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        hasColour = isInteractive && !refused && environment["TERM"] != "dumb"
    }

    /// Columns, asked anew each time since windows change; 80 where it is not a terminal.
    var width: Int {
        var size = winsize()
        guard isInteractive, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
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
