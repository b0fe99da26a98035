/// A piece of what one attempt printed, as it stands in a run's log:
///
///     1 byte    0xB5
///     1 byte    stream (`LogStream`), plus 0x80 once it was redacted: the text is zeros then
///     1 byte    length of the task's id
///     1 byte    attempt
///     4 bytes   length of the text, little-endian
///     8 bytes   microseconds since 1970, little-endian
///     …         the task's id, then the text
struct LogRecord {
    static let mark: UInt8 = 0xB5
    static let headerSize = 16
    /// Where the byte of the stream stands in the header.
    static let streamOffset = 1
    static let redacted: UInt8 = 0x80

    var stream: LogStream
    var attempt: Int
    var at: WallTime
    var taskLength: Int
    var textLength: Int
    /// Whether the text was taken out.
    var isRedacted: Bool

    /// The bytes of the whole record.
    static func bytes(_ text: ArraySlice<UInt8>, from source: LogSource, _ stream: LogStream, at: WallTime) -> [UInt8] {
        let task = source.task.utf8.prefix(250)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerSize + task.count + text.count)
        bytes += [mark, stream.rawValue, UInt8(task.count), UInt8(clamping: source.attempt)]
        withUnsafeBytes(of: UInt32(clamping: text.count).littleEndian) { bytes += $0 }
        withUnsafeBytes(of: at.microseconds.littleEndian) { bytes += $0 }
        bytes += task
        bytes += text
        return bytes
    }

    /// Reads a header; `nil` when these bytes are none.
    init?(header: ArraySlice<UInt8>) {
        guard header.count >= Self.headerSize else { return nil }
        let start = header.startIndex
        let code = header[start + 1]
        guard header[start] == Self.mark, let stream = LogStream(rawValue: code & ~Self.redacted) else { return nil }
        self.stream = stream
        isRedacted = code & Self.redacted != 0
        taskLength = Int(header[start + 2])
        attempt = Int(header[start + 3])
        textLength = Int(Self.number(header[start + 4..<start + 8]))
        at = WallTime(microseconds: Int64(bitPattern: Self.number(header[start + 8..<start + 16])))
    }

    /// The bytes of the record behind its header.
    var bodySize: Int { taskLength + textLength }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
