/// A string where it lies in the bytes, without quotes; in JSON escapes are still in it.
struct RawText {
    let range: Range<Int>

    /// Whether the string is this one, without any escapes.
    @inline(__always)
    func equals(_ word: StaticString, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        range.count == word.utf8CodeUnitCount && bytes.slice(range).equals(word)
    }

    /// The text of a string of JSON, escapes taken off; malformed UTF-8 is repaired.
    func unescaped(in bytes: UnsafeBufferPointer<UInt8>) throws(RepodataError) -> String {
        var decoder = EscapeDecoder(bytes, range)
        return try decoder.read()
    }
}

/// Takes the escapes off a string of JSON (RFC 8259, section 7).
private struct EscapeDecoder {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let end: Int
    private var position: Int
    // Where the backslash is.
    private var escapeStart = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    mutating func read() throws(RepodataError) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(end - position)
        while position < end {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\\") {
                text += String(Character(try readEscape())).utf8
            } else {
                text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func readEscape() throws(RepodataError) -> Unicode.Scalar {
        escapeStart = position - 1
        guard position < end else { throw error }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try readCodePoint()
        default: throw error
        }
    }

    /// `XXXX`, or two of them where the first is one half of a pair. A half without the other becomes U+FFFD.
    private mutating func readCodePoint() throws(RepodataError) -> Unicode.Scalar {
        let first = try readFourDigits()
        guard first & 0xFC00 == 0xD800 else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        guard position + 1 < end, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u") else {
            return "\u{FFFD}"
        }
        let start = position
        position += 2
        let second = try readFourDigits()
        guard second & 0xFC00 == 0xDC00 else {
            position = start
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF) ?? "\u{FFFD}"
    }

    private mutating func readFourDigits() throws(RepodataError) -> UInt32 {
        guard position + 4 <= end else { throw error }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = bytes[position].hexadecimalValue else { throw error }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private var error: RepodataError { RepodataError(offset: escapeStart, problem: .badEscape) }
}
