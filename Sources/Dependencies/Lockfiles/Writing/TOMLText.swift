/// Pieces of TOML 1.0, always written in the same way.
enum TOMLText {
    /// A basic string.
    static func string(_ text: String) -> String {
        if text.utf8.allSatisfy(\.isPlain) { return "\"\(text)\"" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<" ", "\u{7F}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A string in the form that reads best: a literal one where that saves escaping quotes.
    static func readable(_ text: String) -> String {
        let hasQuotes = text.utf8.contains(UInt8(ascii: "\""))
        let canBeLiteral = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "'") }
        return hasQuotes && canBeLiteral ? "'\(text)'" : string(text)
    }

    /// A key, bare where it can be.
    static func key(_ text: String) -> String {
        let isBare = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isBare && !text.isEmpty ? text : string(text)
    }

    /// A value on one line; the keys of tables in the order of their bytes.
    static func inline(_ value: LockValue) -> String {
        switch value {
        case .string(let text): string(text)
        case .integer(let number): String(number)
        case .float(let number): float(number)
        case .boolean(let truth): truth ? "true" : "false"
        case .time(let literal): literal
        case .array(let elements): "[\(elements.map(inline).joined(separator: ", "))]"
        case .table(let table): inline(table.inOrder.map { ($0.key, inline($0.value)) })
        }
    }

    /// An inline table of keys and values that are TOML already.
    static func inline(_ pairs: [(key: String, value: String)]) -> String {
        pairs.isEmpty ? "{}" : "{ \(pairs.map { "\(key($0.key)) = \($0.value)" }.joined(separator: ", ")) }"
    }

    /// An array of values that are TOML already, each on a line of its own.
    static func lines(_ elements: [String]) -> String {
        elements.isEmpty ? "[]" : "[\n\(elements.map { "    \($0),\n" }.joined())]"
    }

    /// An array of strings: on one line where that is short or there is nothing to break, otherwise a string a line.
    static func strings(_ texts: [String]) -> String { list(texts.map(readable)) }

    /// The same of values that are TOML already.
    static func list(_ elements: [String]) -> String {
        let line = "[\(elements.joined(separator: ", "))]"
        return elements.count < 2 || line.utf8.count <= 100 ? line : lines(elements)
    }

    private static func float(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        return number.isInfinite ? (number < 0 ? "-inf" : "inf") : number.description
    }
}

extension [String: LockValue] {
    /// The pairs in the order of their keys' bytes.
    var inOrder: [(key: String, value: LockValue)] {
        sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}

extension UInt8 {
    /// Whether the byte stands for itself in a basic string.
    fileprivate var isPlain: Bool {
        self >= 0x20 && self != 0x7F && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }
}
