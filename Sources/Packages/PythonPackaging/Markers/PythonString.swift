/// String literals of Python, as far as markers can contain them.
enum PythonString {
    /// The literal for `value`: in double quotes where possible.
    static func literal(_ value: String) -> String {
        let needsEscape = value.utf8.contains {
            $0 == 0 || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
        }
        let hasDouble = value.utf8.contains(UInt8(ascii: "\""))
        if !needsEscape, !hasDouble { return "\"\(value)\"" }
        if !needsEscape, !value.utf8.contains(UInt8(ascii: "'")) { return "'\(value)'" }
        // Quotes cannot be escaped by a backslash, since a marker's string ends at the first quote of its kind.
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\x22"
            case "\0": text += "\\x00"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// The value of what stands between the quotes of a literal; `nil` where Python would refuse it.
    static func value(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence) -> String? {
        guard !bytes.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
            return nil
        }
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var cursor = ByteCursor(UnsafeBufferPointer(rebasing: bytes))
        var result: [UInt8] = []
        while !cursor.isAtEnd {
            if cursor.take("\\") {
                guard let escaped = escape(&cursor) else { return nil }
                result += escaped
            } else {
                result.append(cursor.peek)
                cursor.position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// What an escape stands for; the backslash has been read.
    private static func escape(_ cursor: inout ByteCursor) -> [UInt8]? {
        guard !cursor.isAtEnd else { return nil }
        let letter = cursor.peek
        cursor.position += 1
        switch letter {
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): return [letter]
        case UInt8(ascii: "a"): return [7]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "v"): return [11]
        case UInt8(ascii: "x"): return scalar(&cursor, digits: 2)
        case UInt8(ascii: "u"): return scalar(&cursor, digits: 4)
        case UInt8(ascii: "U"): return scalar(&cursor, digits: 8)
        case UInt8(ascii: "0")...UInt8(ascii: "7"): return octal(&cursor, first: letter)
        // Names of characters would need the whole table of Unicode.
        case UInt8(ascii: "N"): return nil
        // Python keeps an unknown escape as it is.
        default: return [UInt8(ascii: "\\"), letter]
        }
    }

    private static func scalar(_ cursor: inout ByteCursor, digits: Int) -> [UInt8]? {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = Character(Unicode.Scalar(cursor.peek)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
            cursor.position += 1
        }
        return Unicode.Scalar(value).map { Array(String($0).utf8) }
    }

    private static func octal(_ cursor: inout ByteCursor, first: UInt8) -> [UInt8]? {
        var value = UInt32(first - UInt8(ascii: "0"))
        for _ in 0..<2 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(cursor.peek) else { break }
            value = value << 3 | UInt32(cursor.peek - UInt8(ascii: "0"))
            cursor.position += 1
        }
        return Unicode.Scalar(value).map { Array(String($0).utf8) }
    }
}
