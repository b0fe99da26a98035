/// A string of a JSON text, not yet decoded. It must not outlive the bytes that are read.
package struct JSONKey {
    let bytes: UnsafeBufferPointer<UInt8>
    let hasEscapes: Bool

    /// Whether the string is `text`.
    @inline(__always)
    package func matches(_ text: StaticString) -> Bool {
        if hasEscapes { return self.text == text.description }
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        let wanted = text.utf8Start
        for offset in 0..<bytes.count where bytes[offset] != wanted[offset] { return false }
        return true
    }

    /// The string. Malformed escapes and lone surrogates become U+FFFD.
    package var text: String {
        guard hasEscapes else { return String(decoding: bytes, as: UTF8.self) }
        var cursor = ByteCursor(bytes)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        while !cursor.isAtEnd {
            if cursor.take("\\") {
                decoded += String(Self.escaped(&cursor)).utf8
            } else {
                decoded.append(cursor.peek)
                cursor.position += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    private static func escaped(_ cursor: inout ByteCursor) -> Unicode.Scalar {
        let letter = cursor.peek
        cursor.position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return unicode(&cursor)
        default: return replacement
        }
    }

    private static func unicode(_ cursor: inout ByteCursor) -> Unicode.Scalar {
        guard let first = unit(&cursor) else { return replacement }
        guard 0xD800..<0xDC00 ~= first else { return Unicode.Scalar(first) ?? replacement }
        let start = cursor.position
        guard cursor.take("\\u"), let second = unit(&cursor), 0xDC00..<0xE000 ~= second else {
            cursor.position = start
            return replacement
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
    }

    private static func unit(_ cursor: inout ByteCursor) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard !cursor.isAtEnd, let digit = Character(Unicode.Scalar(cursor.peek)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
            cursor.position += 1
        }
        return value
    }
}
