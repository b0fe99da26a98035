/// Finds the opening tags of an HTML text. That is all that index pages need; nothing is nested here.
struct HTMLScanner {
    private var cursor: ByteCursor

    init(_ bytes: UnsafeBufferPointer<UInt8>) { cursor = ByteCursor(bytes) }

    /// The next opening tag; `nil` at the end. Comments, closing tags, scripts' bodies and text are passed over.
    mutating func nextTag() -> HTMLTag? {
        while !cursor.isAtEnd {
            cursor.skip { $0 != UInt8(ascii: "<") }
            guard cursor.take("<") else { return nil }
            if cursor.take("!--") {
                skip(past: "-->")
            } else if cursor.peek.isLetter {
                let tag = readTag()
                if tag.isNamed("script") { skip(past: "</script") }
                if tag.isNamed("style") { skip(past: "</style") }
                return tag
            }
        }
        return nil
    }

    private mutating func skip(past end: StaticString) {
        while !cursor.isAtEnd, !cursor.take(anyCase: end) { cursor.position += 1 }
    }

    private mutating func readTag() -> HTMLTag {
        let start = cursor.position
        cursor.skip { !$0.isHTMLSpace && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/") }
        var tag = HTMLTag(name: cursor.text(from: start).lowercased(), attributes: [])
        while true {
            cursor.skip { $0.isHTMLSpace || $0 == UInt8(ascii: "/") }
            if cursor.isAtEnd || cursor.take(">") { return tag }
            tag.attributes.append(readAttribute())
        }
    }

    private mutating func readAttribute() -> HTMLTag.Attribute {
        let start = cursor.position
        // A name has at least one byte, whatever it is: the scanner always moves on.
        cursor.position += 1
        cursor.skip { !$0.isHTMLSpace && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/") }
        let name = cursor.text(from: start).lowercased()
        cursor.skip(while: \.isHTMLSpace)
        guard cursor.take("=") else { return .init(name: name, value: "") }
        cursor.skip(while: \.isHTMLSpace)
        return .init(name: name, value: readValue())
    }

    private mutating func readValue() -> String {
        let quote = cursor.peek
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let start = cursor.position
            cursor.skip { !$0.isHTMLSpace && $0 != UInt8(ascii: ">") }
            return HTMLText.decoded(cursor.text(from: start))
        }
        cursor.position += 1
        let start = cursor.position
        cursor.skip { $0 != quote }
        let value = HTMLText.decoded(cursor.text(from: start))
        if !cursor.isAtEnd { cursor.position += 1 }
        return value
    }
}

/// An opening tag.
struct HTMLTag {
    struct Attribute {
        var name: String
        var value: String
    }

    /// In lower case.
    var name: String
    var attributes: [Attribute]

    func isNamed(_ name: String) -> Bool { self.name == name }

    /// The attribute's value, empty for one without; `nil` where it is not there. `name` is in lower case.
    func value(of name: String) -> String? { attributes.first { $0.name == name }?.value }
}

extension UInt8 {
    fileprivate var isHTMLSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
