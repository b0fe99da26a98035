/// Goes forward through MessagePack in memory, a value at a time, without building a tree.
///
/// Nothing here recurses or allocates by what the bytes claim: a count is believed only as far as there are bytes.
struct MessagePackReader {
    let bytes: UnsafeBufferPointer<UInt8>
    /// The offset of the next byte.
    private(set) var position: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// The first byte of a value, which says what it is.
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    func unexpected(_ expected: RepodataError.Expectation) -> RepodataError {
        error(isAtEnd ? .truncated : .expected(expected))
    }

    /// What a value begins with: its kind, and a length or the value itself.
    enum Head {
        case null
        case boolean(Bool)
        case unsigned(UInt64)
        /// A number below zero, or one that is not whole.
        case otherNumber
        case text(Int)
        case binary(Int)
        case array(Int)
        case map(Int)
        case other(length: Int)
    }

    /// Reads the beginning of the next value; its content follows.
    mutating func readHead() throws(RepodataError) -> Head {
        guard let byte = peek else { throw error(.truncated) }
        position += 1
        switch byte {
        case 0x00...0x7F: return .unsigned(UInt64(byte))
        case 0x80...0x8F: return .map(Int(byte & 0x0F))
        case 0x90...0x9F: return .array(Int(byte & 0x0F))
        case 0xA0...0xBF: return .text(Int(byte & 0x1F))
        case 0xC0: return .null
        case 0xC2, 0xC3: return .boolean(byte == 0xC3)
        case 0xC4...0xC6: return .binary(try readLength(1 << (byte - 0xC4)))
        // Extensions have a type before their content.
        case 0xC7...0xC9: return .other(length: try readLength(1 << (byte - 0xC7)) + 1)
        case 0xCC...0xCF: return .unsigned(try readNumber(1 << (byte - 0xCC)))
        case 0xD9...0xDB: return .text(try readLength(1 << (byte - 0xD9)))
        case 0xDC, 0xDD: return .array(try readLength(2 << (byte - 0xDC)))
        case 0xDE, 0xDF: return .map(try readLength(2 << (byte - 0xDE)))
        case 0xD4...0xD8: return .other(length: 1 << (byte - 0xD4) + 1)
        case 0xCA, 0xCB: return try passNumber(4 << (byte - 0xCA))
        case 0xD0...0xD3: return try readSigned(1 << (byte - 0xD0))
        case 0xE0...0xFF: return .otherNumber
        default: throw error(.expected(.value), at: position - 1)
        }
    }

    private mutating func readSigned(_ size: Int) throws(RepodataError) -> Head {
        let number = try readNumber(size)
        return number >> UInt64(8 * size - 1) == 0 ? .unsigned(number) : .otherNumber
    }

    private mutating func passNumber(_ size: Int) throws(RepodataError) -> Head {
        _ = try readNumber(size)
        return .otherNumber
    }

    /// A length or count; never more than there are bytes left, since every item takes one at least.
    private mutating func readLength(_ size: Int) throws(RepodataError) -> Int {
        let number = try readNumber(size)
        guard number <= UInt64(bytes.count - position) else { throw error(.truncated, at: bytes.count) }
        return Int(number)
    }

    private mutating func readNumber(_ size: Int) throws(RepodataError) -> UInt64 {
        guard bytes.count - position >= size else { throw error(.truncated, at: bytes.count) }
        var number: UInt64 = 0
        for _ in 0..<size {
            number = number << 8 | UInt64(bytes[position])
            position += 1
        }
        return number
    }

    mutating func take(_ length: Int) throws(RepodataError) -> Range<Int> {
        guard bytes.count - position >= length else { throw error(.truncated, at: bytes.count) }
        position += length
        return position - length..<position
    }
}

// MARK: - Source

extension MessagePackReader: RecordSource {
    /// How many items of an array, or pairs of a map, are still to come.
    struct Items {
        fileprivate var count: Int
    }

    mutating func beginObject() throws(RepodataError) -> Items {
        let start = position
        guard case .map(let count) = try readHead() else { throw error(.expected(.object), at: start) }
        return Items(count: count)
    }

    mutating func beginArray() throws(RepodataError) -> Items {
        let start = position
        guard case .array(let count) = try readHead() else { throw error(.expected(.array), at: start) }
        return Items(count: count)
    }

    mutating func nextKey(_ items: inout Items) throws(RepodataError) -> RawText? {
        guard items.count > 0 else { return nil }
        items.count -= 1
        return try readText()
    }

    mutating func nextElement(_ items: inout Items) throws(RepodataError) -> Bool {
        guard items.count > 0 else { return false }
        items.count -= 1
        return true
    }

    mutating func nextKind() -> RecordValueKind {
        // A byte that no value begins with stands for the end.
        switch peek ?? 0xC1 {
        case 0xA0...0xBF, 0xD9...0xDB: .text
        case 0x90...0x9F, 0xDC, 0xDD: .array
        case 0x80...0x8F, 0xDE, 0xDF: .object
        case 0xC3: .yes
        default: .other
        }
    }

    mutating func skipValue() throws(RepodataError) {
        // The values that are still to be passed over. Each takes a byte at least, so that this ends.
        var count = 1
        while count > 0 {
            count -= 1
            switch try readHead() {
            case .null, .boolean, .unsigned, .otherNumber: break
            case .text(let length), .binary(let length), .other(let length): _ = try take(length)
            case .array(let items): count += items
            case .map(let pairs): count += 2 * pairs
            }
        }
    }

    mutating func takeNull() throws(RepodataError) -> Bool {
        guard peek == 0xC0 else { return false }
        position += 1
        return true
    }

    mutating func readText() throws(RepodataError) -> RawText {
        let start = position
        guard case .text(let length) = try readHead() else { throw error(.expected(.string), at: start) }
        return RawText(range: try take(length))
    }

    mutating func readInteger() throws(RepodataError) -> UInt64 {
        let start = position
        guard case .unsigned(let number) = try readHead() else { throw error(.expected(.integer), at: start) }
        return number
    }

    /// The bytes of a hash, or its hexadecimal digits.
    mutating func readDigest<Digest: RecordDigest>() throws(RepodataError) -> Digest? {
        if try takeNull() { return nil }
        let start = position
        let digest: Digest?
        switch try readHead() {
        case .binary(let length):
            let content = bytes.slice(try take(length))
            if content.isEmpty { return nil }
            digest = Digest(rawBytes: UnsafeRawBufferPointer(content))
        case .text(let length):
            let content = bytes.slice(try take(length))
            if content.isEmpty { return nil }
            digest = Digest(hexDigits: content)
        default: throw error(.expected(.digest), at: start)
        }
        guard let digest else { throw error(.expected(.digest), at: start) }
        return digest
    }

    func text(of text: RawText) throws(RepodataError) -> String { bytes.slice(text.range).text }

    func plainBytes(of text: RawText) -> UnsafeBufferPointer<UInt8>? { bytes.slice(text.range) }
}
