/// What stands where text was taken out: one line for each stretch of a stream.
struct RedactionNotice {
    private var open: Set<LogStream> = []

    /// The text to show for a piece: its own, or the notice for the first of several redacted ones.
    mutating func shown(_ record: LogRecord, _ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard record.isRedacted else {
            open.remove(record.stream)
            return text
        }
        guard open.insert(record.stream).inserted else { return [] }
        return Array("[REDACTED \(record.stream.name)]\n".utf8)[...]
    }
}

extension LogStream {
    /// `stdout` or `stderr`.
    package var name: String {
        switch self {
        case .stdout: "stdout"
        case .stderr: "stderr"
        }
    }
}
