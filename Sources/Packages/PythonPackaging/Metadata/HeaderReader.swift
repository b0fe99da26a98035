/// Reads the header lines of a mail-like file: `Name: value`, with longer values on indented lines.
struct HeaderReader {
    struct Header {
        fileprivate let nameBytes: UnsafeBufferPointer<UInt8>.SubSequence
        fileprivate let valueBytes: UnsafeBufferPointer<UInt8>.SubSequence

        /// Whether this is the header called `name`, given in lower case.
        func isNamed(_ name: StaticString) -> Bool {
            guard nameBytes.count == name.utf8CodeUnitCount else { return false }
            return zip(nameBytes, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
                .allSatisfy { $0.lowercased == $1 }
        }

        /// The value without white space around it; malformed UTF-8 is repaired, line ends within it become spaces.
        var value: String {
            let text = String(decoding: valueBytes, as: UTF8.self)
            let line =
                valueBytes.contains(UInt8(ascii: "\n"))
                ? text.split(whereSeparator: \.isNewline).map { String($0.stripped) }.joined(separator: " ") : text
            return String(line.stripped)
        }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        // A byte order mark is no part of the first name.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next header; `nil` at the empty line that ends them or at the end of the file. Lines that are no headers
    /// are passed over.
    mutating func next() -> Header? {
        while position < bytes.count {
            let start = position
            var end = lineEnd(from: start)
            guard !isBlankLine(start, end) else { return nil }
            while end < bytes.count, end + 1 < bytes.count, bytes[end + 1].isBlank {
                end = lineEnd(from: end + 1)
            }
            position = end + 1
            if let colon = bytes[start..<min(end, bytes.count)].firstIndex(of: UInt8(ascii: ":")), !bytes[start].isBlank
            {
                return Header(nameBytes: bytes[start..<colon], valueBytes: bytes[colon + 1..<min(end, bytes.count)])
            }
        }
        return nil
    }

    /// The offset of the line feed that ends the line, or the end of the file.
    private func lineEnd(from start: Int) -> Int {
        bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    }

    private func isBlankLine(_ start: Int, _ end: Int) -> Bool {
        start == end || (end == start + 1 && bytes[start] == UInt8(ascii: "\r"))
    }
}
