/// A value of MessagePack, written in the shortest form.
indirect enum MessagePack: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    case null
    case boolean(Bool)
    case number(Int64)
    case double(Double)
    case text(String)
    case binary([UInt8])
    case array([MessagePack])
    case map([(MessagePack, MessagePack)])
    case extensionType(UInt8, [UInt8])

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .number(value) }
    init(arrayLiteral elements: MessagePack...) { self = .array(elements) }
    init(dictionaryLiteral elements: (MessagePack, MessagePack)...) { self = .map(elements) }

    var bytes: [UInt8] {
        switch self {
        case .null: [0xC0]
        case .boolean(let value): [value ? 0xC3 : 0xC2]
        case .number(let number): Self.number(number)
        case .double(let value): [0xCB] + Self.big(value.bitPattern, 8)
        case .text(let text): Self.head(text.utf8.count, short: 0xA0, 31, [0xD9, 0xDA, 0xDB]) + Array(text.utf8)
        case .binary(let content): Self.head(content.count, short: nil, 0, [0xC4, 0xC5, 0xC6]) + content
        case .array(let items): Self.head(items.count, short: 0x90, 15, [nil, 0xDC, 0xDD]) + items.flatMap(\.bytes)
        case .map(let pairs):
            Self.head(pairs.count, short: 0x80, 15, [nil, 0xDE, 0xDF]) + pairs.flatMap { $0.0.bytes + $0.1.bytes }
        case .extensionType(let type, let content):
            Self.head(content.count, short: nil, 0, [0xC7, 0xC8, 0xC9]) + [type] + content
        }
    }

    private static func number(_ number: Int64) -> [UInt8] {
        let bits = UInt64(bitPattern: number)
        return switch number {
        case 0..<128: [UInt8(number)]
        case -32..<0: [UInt8(truncatingIfNeeded: number)]
        case 0..<1 << 8: [0xCC] + big(bits, 1)
        case 0..<1 << 16: [0xCD] + big(bits, 2)
        case 0..<1 << 32: [0xCE] + big(bits, 4)
        case 0...: [0xCF] + big(bits, 8)
        default: [0xD3] + big(bits, 8)
        }
    }

    private static func head(_ count: Int, short: UInt8?, _ maximum: Int, _ codes: [UInt8?]) -> [UInt8] {
        if let short, count <= maximum { return [short | UInt8(count)] }
        for (position, code) in codes.enumerated() {
            if let code, count < 1 << (8 << position) { return [code] + big(UInt64(count), 1 << position) }
        }
        return []
    }

    private static func big(_ bits: UInt64, _ size: Int) -> [UInt8] {
        (0..<size).reversed().map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
    }
}
