/// Cuts pieces of two streams into lines. Lines come in the order of their ends.
struct LineCutter {
    private var lines: [LogLine] = []
    /// Lines without an end so far.
    private var open: [LogStream: LogLine] = [:]

    mutating func add(_ bytes: ArraySlice<UInt8>, to stream: LogStream, at time: WallTime) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            var line = open.removeValue(forKey: stream) ?? LogLine(at: time, text: [])
            line.text += rest[..<end]
            lines.append(line)
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { open[stream, default: LogLine(at: time, text: [])].text += rest }
    }

    /// The lines that are whole, each once.
    mutating func takeLines() -> [LogLine] {
        defer { lines = [] }
        return lines
    }

    var hasOpenLine: Bool { !open.isEmpty }

    /// All lines; the last of a stream may lack its break.
    consuming func finish() -> [LogLine] {
        lines + LogStream.allCases.compactMap { open[$0] }
    }
}
