/// Reads the fields between a match spec's brackets, `key=value` with commas between them.
struct MatchFieldReader {
    /// A key and what it is given, in the bytes of the whole spec.
    struct Field {
        let key: UnsafeBufferPointer<UInt8>
        let keyStart: Int
        /// The value without quotes or brackets around it; escapes are still in it.
        let value: Range<Int>
        /// Whether the value stood between quotes.
        let isQuoted: Bool
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let end: Int
    private var position: Int
    private var isFirst = true

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    private var peek: UInt8 { position < end ? bytes[position] : 0 }

    mutating func next() throws(MatchSpecError) -> Field? {
        skipSpace()
        if position == end { return nil }
        if !isFirst {
            guard peek == UInt8(ascii: ",") else { throw error(.badField, at: position) }
            position += 1
            skipSpace()
        }
        isFirst = false
        let keyStart = position
        while peek.isFieldNamePart { position += 1 }
        let key = bytes.slice(keyStart..<position)
        skipSpace()
        guard !key.isEmpty, peek == UInt8(ascii: "=") else { throw error(.badField, at: keyStart) }
        position += 1
        skipSpace()
        let (value, isQuoted) = try readValue()
        skipSpace()
        return Field(key: key, keyStart: keyStart, value: value, isQuoted: isQuoted)
    }

    private mutating func readValue() throws(MatchSpecError) -> (Range<Int>, isQuoted: Bool) {
        switch peek {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return (try readQuoted(), true)
        case UInt8(ascii: "["): return (try readList(), false)
        default: return (try readBare(), false)
        }
    }

    private mutating func readQuoted() throws(MatchSpecError) -> Range<Int> {
        let opening = position
        let quote = peek
        position += 1
        while position < end, bytes[position] != quote { position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1 }
        guard position < end else { throw error(.unclosed(Character(Unicode.Scalar(quote))), at: opening) }
        position += 1
        return opening + 1..<position - 1
    }

    /// `[a, "b"]`, without brackets in it.
    private mutating func readList() throws(MatchSpecError) -> Range<Int> {
        let opening = position
        while position < end, peek != UInt8(ascii: "]") { position += 1 }
        guard position < end else { throw error(.unclosed("["), at: opening) }
        position += 1
        return opening + 1..<position - 1
    }

    private mutating func readBare() throws(MatchSpecError) -> Range<Int> {
        let start = position
        while position < end, !peek.endsBareValue { position += 1 }
        var last = position
        while last > start, bytes[last - 1].isSpace { last -= 1 }
        guard last > start else { throw error(.badField, at: start) }
        return start..<last
    }

    private mutating func skipSpace() {
        while position < end, bytes[position].isSpace { position += 1 }
    }

    private func error(_ problem: MatchSpecError.Problem, at place: Int) -> MatchSpecError {
        MatchSpecError(text: bytes.text, column: bytes.column(at: place), problem: problem)
    }
}

extension UInt8 {
    fileprivate var endsBareValue: Bool {
        self == UInt8(ascii: ",") || self == UInt8(ascii: "]") || self == UInt8(ascii: "'") || self == UInt8(ascii: "\"")
    }
}
