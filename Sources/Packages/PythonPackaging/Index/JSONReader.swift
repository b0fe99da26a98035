/// Reads JSON (RFC 8259) forward, a value at a time, without building a tree.
///
/// The caller says what it expects: `beginObject`, then `nextKey` until it is `nil`, and for each key exactly one value,
/// read or skipped. Nesting costs no stack here. Malformed text ends in an error at the place where it is read; text
/// that is skipped is checked for its structure only.
package struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The offset of the next byte.
    package private(set) var position: Int
    // Whether the next item of the current object or array has to be preceded by a comma.
    private var needsComma = false

    /// How deep values may be nested that nobody asked for.
    private static let maximumDepth = 64

    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    package enum Kind: Sendable, Hashable {
        case object, array, string, number, boolean, null
    }

    /// What kind of value comes next.
    package mutating func nextKind() throws(JSONReaderError) -> Kind {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw error("a value")
        }
    }

    /// That nothing but white space is left.
    package mutating func end() throws(JSONReaderError) {
        skipSpace()
        guard position == bytes.count else { throw error("the end") }
    }
}

// MARK: - Structure

extension JSONReader {
    package mutating func beginObject() throws(JSONReaderError) {
        try expect("{")
        needsComma = false
    }

    package mutating func beginArray() throws(JSONReaderError) {
        try expect("[")
        needsComma = false
    }

    /// The next key of the current object, whose value has to be read next; `nil` at the object's end.
    package mutating func nextKey() throws(JSONReaderError) -> JSONKey? {
        guard try nextItem(end: "}") else { return nil }
        guard peek == UInt8(ascii: "\"") else { throw error("a key") }
        let key = try readStringBytes()
        try expect(":")
        return key
    }

    /// Whether the current array has another element, which has to be read next.
    package mutating func nextElement() throws(JSONReaderError) -> Bool { try nextItem(end: "]") }

    private mutating func nextItem(end: Unicode.Scalar) throws(JSONReaderError) -> Bool {
        skipSpace()
        if peek == UInt8(ascii: end) {
            position += 1
            needsComma = true
            return false
        }
        guard needsComma else { return true }
        try expect(",")
        skipSpace()
        return true
    }

    /// Passes over the next value, whatever it is.
    package mutating func skipValue() throws(JSONReaderError) {
        // One bit for each open object or array: 1 for an object.
        var isObject: UInt64 = 0
        var depth = 0
        repeat {
            skipSpace()
            let byte = peek
            switch byte {
            case UInt8(ascii: "\""): _ = try readStringBytes()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < Self.maximumDepth else { throw error("less nesting") }
                depth += 1
                isObject = isObject << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw error("a value") }
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0, (isObject & 1 == 1) == (byte == UInt8(ascii: "}")) else { throw error("a value") }
                depth -= 1
                isObject >>= 1
                position += 1
            default: try skipScalar()
            }
        } while depth > 0
        needsComma = true
    }

    /// A number, `true`, `false` or `null`.
    private mutating func skipScalar() throws(JSONReaderError) {
        let start = position
        while position < bytes.count, bytes[position].isJSONScalar { position += 1 }
        guard position > start else { throw error("a value") }
    }
}

// MARK: - Values

extension JSONReader {
    package mutating func readString() throws(JSONReaderError) -> String {
        skipSpace()
        guard peek == UInt8(ascii: "\"") else { throw error("a string") }
        return try readStringBytes().text
    }

    /// The next value if it is a string; any other is passed over.
    package mutating func readStringIfPresent() throws(JSONReaderError) -> String? {
        skipSpace()
        if peek == UInt8(ascii: "\"") { return try readStringBytes().text }
        try skipValue()
        return nil
    }

    /// The next value's bytes if it is a string; any other is passed over. They may contain escapes.
    package mutating func readRawStringIfPresent() throws(JSONReaderError) -> JSONKey? {
        skipSpace()
        if peek == UInt8(ascii: "\"") { return try readStringBytes() }
        try skipValue()
        return nil
    }

    /// The next value if it is an integer that fits; any other is passed over.
    package mutating func readIntegerIfPresent() throws(JSONReaderError) -> Int64? {
        skipSpace()
        let start = position
        try skipValue()
        let digits = bytes[start..<position]
        guard let first = digits.first, first.isDigit || first == UInt8(ascii: "-") else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// The next value if it is `true` or `false`; any other is passed over.
    package mutating func readBooleanIfPresent() throws(JSONReaderError) -> Bool? {
        skipSpace()
        let start = position
        try skipValue()
        switch bytes[start] {
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        default: return nil
        }
    }

    /// A string that begins here; its quotes are not part of the result.
    private mutating func readStringBytes() throws(JSONReaderError) -> JSONKey {
        let start = position + 1
        var place = start
        var hasEscapes = false
        while true {
            place = endOfPlainText(from: place)
            guard place < bytes.count else { break }
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                position = place + 1
                needsComma = true
                return JSONKey(bytes: UnsafeBufferPointer(rebasing: bytes[start..<place]), hasEscapes: hasEscapes)
            }
            guard byte == UInt8(ascii: "\\") else { break }
            hasEscapes = true
            place += 2
        }
        position = min(place, bytes.count)
        throw error("the end of a string")
    }

    /// The next quote, backslash or control character, or the end; 16 bytes are looked at at once.
    @inline(__always)
    private func endOfPlainText(from start: Int) -> Int {
        var place = start
        let quote = SIMD16<UInt8>(repeating: UInt8(ascii: "\""))
        let backslash = SIMD16<UInt8>(repeating: UInt8(ascii: "\\"))
        let space = SIMD16<UInt8>(repeating: UInt8(ascii: " "))
        if let base = UnsafeRawPointer(bytes.baseAddress) {
            while place + 16 <= bytes.count {
                let block = base.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self)
                if any((block .== quote) .| (block .== backslash) .| (block .< space)) { break }
                place += 16
            }
        }
        while place < bytes.count, !bytes[place].endsPlainText { place += 1 }
        return place
    }
}

// MARK: - Bytes

extension JSONReader {
    private var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position].isJSONSpace { position += 1 }
    }

    private mutating func expect(_ byte: Unicode.Scalar) throws(JSONReaderError) {
        skipSpace()
        guard peek == UInt8(ascii: byte) else { throw error("'\(byte)'") }
        position += 1
    }

    private func error(_ expected: String) -> JSONReaderError { JSONReaderError(offset: position, expected: expected) }
}

extension UInt8 {
    fileprivate var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }

    fileprivate var endsPlainText: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\") || self < 0x20 }

    fileprivate var isJSONScalar: Bool {
        isAlphanumeric || self == UInt8(ascii: "-") || self == UInt8(ascii: "+") || self == UInt8(ascii: ".")
    }
}

/// Text that is no JSON, or not the JSON that was expected.
public struct JSONReaderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it went wrong, in bytes from 0.
    public let offset: Int
    /// What should have stood there.
    public let expected: String

    public var description: String { "expected \(expected) at byte \(offset)" }
}
