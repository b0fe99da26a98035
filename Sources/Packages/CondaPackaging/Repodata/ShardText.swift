extension RepodataShard {
    /// The shard as the text of a `repodata.json`, so that its records are read by place like all others. Hashes are written
    /// in hexadecimal digits; what JSON has no place for in repodata (fractions, numbers below zero, dates) becomes `null`.
    ///
    /// - Complexity: One pass, without recursion; the text is at most six times as long as the shard.
    public static func text(of shard: UnsafeBufferPointer<UInt8>) throws(RepodataError) -> [UInt8] {
        var writer = ShardTextWriter(shard)
        return try writer.write()
    }
}

/// Writes MessagePack as JSON.
private struct ShardTextWriter {
    /// A list that is not complete.
    private struct Level {
        var rest: Int
        let isMap: Bool
        var isFirst = true
    }

    private var reader: MessagePackReader
    private var text: [UInt8] = []
    private var levels: [Level] = []

    private static let deepest = 128

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        reader = MessagePackReader(bytes)
        text.reserveCapacity(bytes.count * 2)
    }

    mutating func write() throws(RepodataError) -> [UInt8] {
        guard reader.nextKind() == .object else { throw reader.unexpected(.object) }
        try writeValue()
        while var level = levels.popLast() {
            guard level.rest > 0 else {
                text.append(level.isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
                continue
            }
            level.rest -= 1
            if !level.isFirst { text.append(UInt8(ascii: ",")) }
            level.isFirst = false
            levels.append(level)
            if level.isMap {
                let key = try reader.readText()
                append(quoted: reader.bytes.slice(key.range))
                text.append(UInt8(ascii: ":"))
            }
            try writeValue()
        }
        guard reader.isAtEnd else { throw reader.error(.expected(.end)) }
        return text
    }

    /// Writes a value that is not a list, or the beginning of one that is.
    private mutating func writeValue() throws(RepodataError) {
        switch try reader.readHead() {
        case .null, .otherNumber: append("null")
        case .boolean(let value): append(value ? "true" : "false")
        case .unsigned(let number): append("\(number)")
        case .text(let length): append(quoted: reader.bytes.slice(try reader.take(length)))
        case .binary(let length): append(hexadecimal: reader.bytes.slice(try reader.take(length)))
        case .other(let length):
            _ = try reader.take(length)
            append("null")
        case .array(let count): try begin(Level(rest: count, isMap: false), "[")
        case .map(let count): try begin(Level(rest: count, isMap: true), "{")
        }
    }

    private mutating func begin(_ level: Level, _ sign: String) throws(RepodataError) {
        guard levels.count < Self.deepest else { throw reader.error(.tooDeep) }
        append(sign)
        levels.append(level)
    }

    private mutating func append(_ plain: String) { text.append(contentsOf: plain.utf8) }

    private mutating func append(quoted bytes: UnsafeBufferPointer<UInt8>) {
        text.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case ..<0x20:
                append("\\u00")
                append(digitsOf: byte)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private mutating func append(hexadecimal bytes: UnsafeBufferPointer<UInt8>) {
        text.append(UInt8(ascii: "\""))
        for byte in bytes { append(digitsOf: byte) }
        text.append(UInt8(ascii: "\""))
    }

    private mutating func append(digitsOf byte: UInt8) {
        for digit in [byte >> 4, byte & 0x0F] { text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10) }
    }
}
