/// Text of HTML attributes.
enum HTMLText {
    /// The names that pages of indexes use; all other characters come as themselves or by number.
    private static let named: [Substring: Unicode.Scalar] = [
        "lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'", "nbsp": "\u{A0}",
    ]

    /// The text with character references (`&gt;`, `&#62;`, `&#x3E;`) replaced. What is none stays as it is.
    static func decoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = text[...]
        while let ampersand = rest.utf8.firstIndex(of: UInt8(ascii: "&")) {
            result += rest[..<ampersand]
            rest = rest[rest.utf8.index(after: ampersand)...]
            // The longest reference worth reading is shorter than this.
            let window = rest.utf8.prefix(12)
            if let semicolon = window.firstIndex(of: UInt8(ascii: ";")), let scalar = scalar(rest[..<semicolon]) {
                result.unicodeScalars.append(scalar)
                rest = rest[rest.utf8.index(after: semicolon)...]
            } else {
                result += "&"
            }
        }
        return result + rest
    }

    private static func scalar(_ reference: Substring) -> Unicode.Scalar? {
        guard reference.utf8.first == UInt8(ascii: "#") else { return named[reference] }
        let number = reference.dropFirst()
        let value =
            number.first == "x" || number.first == "X" ? UInt32(number.dropFirst(), radix: 16) : UInt32(number)
        return value.flatMap(Unicode.Scalar.init)
    }
}
