/// An element of the small XML documents in which S3 answers: names without prefixes, text, and what is inside.
package struct XMLElement: Sendable, Equatable {
    package var name: String
    /// The text directly inside, put together.
    package var text = ""
    package var children: [XMLElement] = []

    init(name: String) { self.name = name }

    /// The first element of that name inside.
    package subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The text of the first element of that name inside.
    package func text(_ name: String) -> String? { self[name]?.text }

    package func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
}

extension XMLElement {
    /// Reads a document; `nil` if it is not well formed enough to be understood. Attributes, comments and declarations are
    /// passed over; entities other than those of XML itself are refused, so nothing in it can grow.
    package init?(parsing bytes: some Collection<UInt8>) {
        var reader = XMLReader(Array(bytes))
        guard let root = reader.document() else { return nil }
        self = root
    }
}

/// Goes through a document once.
private struct XMLReader {
    /// How deep elements may lie in one another.
    private static let depth = 32

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() -> XMLElement? {
        guard skipProlog(), let root = element(depth: 0) else { return nil }
        return skipProlog() && position == bytes.count ? root : nil
    }

    /// Passes over white space, comments, declarations and processing instructions.
    private mutating func skipProlog() -> Bool {
        while true {
            skipSpaces()
            if starts("<?") {
                guard skip(past: "?>") else { return false }
            } else if starts("<!--") {
                guard skip(past: "-->") else { return false }
            } else if starts("<!DOCTYPE") {
                return false
            } else {
                return true
            }
        }
    }

    private mutating func element(depth: Int) -> XMLElement? {
        guard depth < Self.depth, starts("<") else { return nil }
        position += 1
        guard let name = name(), let isEmpty = skipAttributes() else { return nil }
        var element = XMLElement(name: name)
        if isEmpty { return element }
        var text: [UInt8] = []
        while position < bytes.count {
            if starts("</") {
                position += 2
                guard self.name() == name else { return nil }
                skipSpaces()
                guard starts(">"), let value = String(validating: text, as: UTF8.self) else { return nil }
                position += 1
                element.text = value
                return element
            } else if starts("<!--") {
                guard skip(past: "-->") else { return nil }
            } else if starts("<![CDATA[") {
                let start = position + 9
                guard skip(past: "]]>") else { return nil }
                text += bytes[start..<position - 3]
            } else if starts("<") {
                guard let child = self.element(depth: depth + 1) else { return nil }
                element.children.append(child)
            } else if starts("&") {
                guard let value = entity() else { return nil }
                text += Array(String(value).utf8)
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
        return nil
    }

    /// The name of an element without its prefix.
    private mutating func name() -> String? {
        let start = position
        while position < bytes.count, !Self.endsName(bytes[position]) { position += 1 }
        guard let name = String(validating: bytes[start..<position], as: UTF8.self), !name.isEmpty else { return nil }
        return name.split(separator: ":").last.map(String.init)
    }

    /// Whether the tag closes itself; `nil` if it does not end.
    private mutating func skipAttributes() -> Bool? {
        var quote: UInt8?
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return bytes[position - 2] == UInt8(ascii: "/")
            }
        }
        return nil
    }

    private mutating func entity() -> Unicode.Scalar? {
        guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: bytes[position + 1..<end], as: UTF8.self)
        position = end + 1
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return number.flatMap { Unicode.Scalar($0) }
        }
    }

    private func starts(_ text: StaticString) -> Bool {
        guard position + text.utf8CodeUnitCount <= bytes.count else { return false }
        return text.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + $0.count]) }
    }

    private mutating func skip(past text: StaticString) -> Bool {
        while position < bytes.count {
            if starts(text) {
                position += text.utf8CodeUnitCount
                return true
            }
            position += 1
        }
        return false
    }

    private mutating func skipSpaces() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<")
    }
}

extension XMLElement {
    /// A text as it stands in a document.
    package static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
