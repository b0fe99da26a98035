/// Writes JSON with two blanks a level, members in the order in which they come. Members that are `nil` are left out.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var depth = 0
    private var isFirst = true

    mutating func object(_ members: (inout JSONText) -> Void) { nested("{", "}", members) }

    mutating func array<Element>(_ elements: some Collection<Element>, _ write: (inout JSONText, Element) -> Void) {
        guard !elements.isEmpty else { return append("[]") }
        nested("[", "]") { text in
            for element in elements {
                text.separate()
                write(&text, element)
            }
        }
    }

    mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes += $0 }
        append("\": ")
    }

    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }

    mutating func member(_ name: StaticString, _ value: UInt64?) {
        guard let value else { return }
        key(name)
        bytes += String(value).utf8
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        append(value ? "true" : "false")
    }

    mutating func member(_ name: StaticString, _ values: some Collection<String>) {
        key(name)
        array(values) { text, value in text.string(value) }
    }

    mutating func newLine() { bytes.append(UInt8(ascii: "\n")) }

    private mutating func nested(_ opening: StaticString, _ closing: StaticString, _ body: (inout JSONText) -> Void) {
        append(opening)
        depth += 1
        isFirst = true
        body(&self)
        depth -= 1
        if !isFirst { breakLine() }
        isFirst = false
        append(closing)
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        breakLine()
    }

    private mutating func breakLine() {
        newLine()
        bytes += repeatElement(UInt8(ascii: " "), count: depth * 2)
    }

    private mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes += $0 } }

    private mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { text in
            let isPlain = text.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            if isPlain { bytes.append(contentsOf: text) } else { escape(text) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            default: bytes.append(byte)
            }
        }
    }
}
