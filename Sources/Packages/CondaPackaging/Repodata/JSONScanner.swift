/// Goes forward through JSON (RFC 8259) in memory, and looks into what somebody asks for only.
///
/// What is passed over is checked for its structure alone: strings end, brackets match, nesting is bounded. Nothing here
/// recurses, allocates for what it passes over, or reads beyond the end.
struct JSONScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    /// The offset of the next byte.
    private(set) var position: Int

    /// How deep values may be nested.
    private static let maximumDepth = 64

    init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    @inline(__always)
    private var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    func error(_ problem: RepodataError.Problem, at place: Int? = nil) -> RepodataError {
        RepodataError(offset: place ?? position, problem: problem)
    }

    /// What is wrong where something else should stand: the text may also have ended.
    func unexpected(_ expected: RepodataError.Expectation) -> RepodataError {
        error(position >= bytes.count ? .truncated : .expected(expected))
    }

    @inline(__always)
    mutating func skipSpace() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    /// Whether nothing but white space is left.
    mutating func isAtEnd() -> Bool {
        skipSpace()
        return position >= bytes.count
    }
}

// MARK: - Structure

extension JSONScanner {
    /// Whether an object or array comes next, or any other value; the place does not change.
    mutating func next(is byte: Unicode.Scalar) -> Bool {
        skipSpace()
        return peek == UInt8(ascii: byte)
    }

    /// Where in an object or array reading is.
    struct Items {
        fileprivate var isFirst = true
    }

    mutating func beginObject() throws(RepodataError) -> Items {
        skipSpace()
        guard peek == UInt8(ascii: "{") else { throw unexpected(.object) }
        position += 1
        return Items()
    }

    mutating func beginArray() throws(RepodataError) -> Items {
        skipSpace()
        guard peek == UInt8(ascii: "[") else { throw unexpected(.array) }
        position += 1
        return Items()
    }

    /// The next key of the current object, whose value has to be read or passed over next; `nil` at the object's end.
    @inline(__always)
    mutating func nextKey(_ items: inout Items) throws(RepodataError) -> RawText? {
        guard try nextItem(end: UInt8(ascii: "}"), &items) else { return nil }
        guard peek == UInt8(ascii: "\"") else { throw unexpected(.key) }
        let key = try readText()
        skipSpace()
        guard peek == UInt8(ascii: ":") else { throw unexpected(.colon) }
        position += 1
        skipSpace()
        return key
    }

    /// Whether the current array has another element, which has to be read or passed over next.
    mutating func nextElement(_ items: inout Items) throws(RepodataError) -> Bool {
        try nextItem(end: UInt8(ascii: "]"), &items)
    }

    @inline(__always)
    private mutating func nextItem(end: UInt8, _ items: inout Items) throws(RepodataError) -> Bool {
        skipSpace()
        if peek == end {
            position += 1
            return false
        }
        guard !items.isFirst else {
            items.isFirst = false
            return true
        }
        guard peek == UInt8(ascii: ",") else { throw unexpected(.comma) }
        position += 1
        skipSpace()
        return true
    }
}

// MARK: - Passing over

extension JSONScanner {
    /// Passes over the next value, whatever it is.
    @inline(__always)
    mutating func skipValue() throws(RepodataError) {
        skipSpace()
        switch peek {
        case UInt8(ascii: "\""): _ = try readText()
        case UInt8(ascii: "{"), UInt8(ascii: "["): try skipNested()
        default: try skipScalar()
        }
    }

    /// A number, `true`, `false` or `null`; the bytes that it is made of.
    @discardableResult
    mutating func skipScalar() throws(RepodataError) -> UnsafeBufferPointer<UInt8> {
        let start = position
        while position < bytes.count, bytes[position].isJSONScalar { position += 1 }
        guard position > start else { throw unexpected(.value) }
        return bytes.slice(start..<position)
    }

    /// An object or array up to its end.
    private mutating func skipNested() throws(RepodataError) {
        // One bit for each open object or array: 1 for an object.
        var isObject: UInt64 = 0
        var depth = 0
        var place = position
        let count = bytes.count
        while place < count {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "\""):
                place = try endOfString(from: place + 1) + 1
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < Self.maximumDepth else { throw error(.tooDeep, at: place) }
                depth += 1
                isObject = isObject << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard (isObject & 1 == 1) == (byte == UInt8(ascii: "}")) else { throw error(.expected(.value), at: place) }
                depth -= 1
                isObject >>= 1
                if depth == 0 {
                    position = place + 1
                    return
                }
            default: break
            }
            place += 1
        }
        throw error(.truncated, at: count)
    }
}

// MARK: - Text

extension JSONScanner {
    /// The string that comes next, where it lies.
    @inline(__always)
    mutating func readText() throws(RepodataError) -> RawText {
        skipSpace()
        guard peek == UInt8(ascii: "\"") else { throw unexpected(.string) }
        let start = position + 1
        let end = try endOfString(from: start)
        position = end + 1
        return RawText(range: start..<end)
    }

    /// The closing quote of a string whose first byte is at `start`.
    @inline(__always)
    private func endOfString(from start: Int) throws(RepodataError) -> Int {
        var place = start
        while true {
            place = nextSpecial(from: place)
            guard place < bytes.count else { throw error(.truncated, at: bytes.count) }
            switch bytes[place] {
            case UInt8(ascii: "\""): return place
            case UInt8(ascii: "\\"): place += 2
            default: throw error(.controlCharacter, at: place)
            }
        }
    }

    /// The next quote, backslash or control character, or the end; eight bytes are looked at at once.
    @inline(__always)
    private func nextSpecial(from start: Int) -> Int {
        var place = start
        if let base = UnsafeRawPointer(bytes.baseAddress) {
            while place + 8 <= bytes.count {
                let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                let found = word.specialBytes
                if found != 0 { return place + found.trailingZeroBitCount >> 3 }
                place += 8
            }
        }
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return place }
            place += 1
        }
        return place
    }
}

extension UInt64 {
    /// The top bit of each byte that is a quote, a backslash or below a space; bits above the first may be wrong.
    @inline(__always)
    fileprivate var specialBytes: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quote = self ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslash = self ^ ones &* UInt64(UInt8(ascii: "\\"))
        return ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (self &- ones &* 0x20) & ~self) & tops
    }
}

extension UInt8 {
    fileprivate var isJSONScalar: Bool {
        isAlphanumeric || self == UInt8(ascii: "-") || self == UInt8(ascii: "+") || self == UInt8(ascii: ".")
    }
}
