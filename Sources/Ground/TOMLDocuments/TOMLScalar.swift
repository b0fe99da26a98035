/// Numbers, booleans and times (TOML 1.0).
enum TOMLScalar {
    /// `nil` where the text is none of them.
    static func parse(_ text: String, line: Int) throws(TOMLError) -> TOMLValue? {
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "inf", "+inf": return .float(.infinity)
        case "-inf": return .float(-.infinity)
        case "nan", "+nan", "-nan": return .float(.nan)
        default: break
        }
        if let time = TOMLTime.canonical(text) { return .time(time) }
        let bytes = Array(text.utf8)
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            guard let digits = ungrouped(bytes[2...], isDigit: { isDigit($0, radix: radix) }) else { return nil }
            return try integer(digits, radix: radix, line: line)
        }
        return try decimal(bytes, line: line)
    }

    private static func decimal(_ bytes: [UInt8], line: Int) throws(TOMLError) -> TOMLValue? {
        var rest = bytes[...]
        var sign = ""
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? "-" : ""
            rest = rest.dropFirst()
        }
        let whole = rest.prefix { $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
        guard let digits = ungrouped(whole, isDigit: \.isASCIIDigit), digits == "0" || digits.first != "0" else {
            return nil
        }
        rest = rest[whole.endIndex...]
        if rest.isEmpty { return try integer(sign + digits, radix: 10, line: line) }
        guard let tail = fraction(rest), let number = Double(sign + digits + tail) else { return nil }
        return .float(number)
    }

    /// What makes a number a float: a fraction, an exponent, or both.
    private static func fraction(_ bytes: ArraySlice<UInt8>) -> String? {
        var rest = bytes
        var text = ""
        if rest.first == UInt8(ascii: ".") {
            let part = rest.dropFirst().prefix { $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
            guard let digits = ungrouped(part, isDigit: \.isASCIIDigit) else { return nil }
            text += "." + digits
            rest = rest[part.endIndex...]
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            text += "e"
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                text += sign == UInt8(ascii: "-") ? "-" : "+"
                rest = rest.dropFirst()
            }
            guard let digits = ungrouped(rest, isDigit: \.isASCIIDigit) else { return nil }
            text += digits
            rest = rest[rest.endIndex...]
        }
        return rest.isEmpty ? text : nil
    }

    private static func integer(_ digits: String, radix: Int, line: Int) throws(TOMLError) -> TOMLValue {
        guard let number = Int64(digits, radix: radix) else {
            throw TOMLError(line: line, reason: "'\(digits.prefix(80))' does not fit into 64 bits")
        }
        return .integer(number)
    }

    /// Digits without the underscores that may stand between two of them.
    private static func ungrouped(_ bytes: ArraySlice<UInt8>, isDigit: (UInt8) -> Bool) -> String? {
        var digits: [UInt8] = []
        var previous: UInt8 = UInt8(ascii: "_")
        for byte in bytes {
            if byte == UInt8(ascii: "_") {
                guard previous != byte else { return nil }
            } else {
                guard isDigit(byte) else { return nil }
                digits.append(byte)
            }
            previous = byte
        }
        return digits.isEmpty || previous == UInt8(ascii: "_") ? nil : String(decoding: digits, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { $0 < radix } ?? false
    }
}
