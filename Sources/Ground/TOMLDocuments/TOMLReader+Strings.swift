extension TOMLReader {
    /// A string of any of the four forms.
    mutating func readString() throws(TOMLError) -> String {
        if cursor.take("\"\"\"") { return try readLines(end: "\"\"\"", hasEscapes: true) }
        if cursor.take("'''") { return try readLines(end: "'''", hasEscapes: false) }
        return cursor.take("'") ? try readLiteral() : try readBasic()
    }

    private mutating func readLiteral() throws(TOMLError) -> String {
        let start = cursor.position
        cursor.skip { $0 != UInt8(ascii: "'") && !$0.isTOMLControl }
        let text = cursor.text(from: start)
        guard cursor.take("'") else { throw unfinished() }
        return text
    }

    private mutating func readBasic() throws(TOMLError) -> String {
        _ = cursor.take("\"")
        let start = cursor.position
        cursor.skip(while: \.isPlainInBasic)
        // Mostly there is nothing to decode.
        let plain = cursor.text(from: start)
        if cursor.take("\"") { return plain }
        var text = Array(plain.utf8)
        while !cursor.take("\"") {
            if cursor.take("\\") {
                try readEscape(into: &text)
            } else {
                guard cursor.peek.isPlainInBasic, !cursor.isAtEnd else { throw unfinished() }
                text.append(cursor.peek)
                cursor.step()
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A string over several lines. A line end right after the opening quotes is no part of it; up to two quotes may
    /// stand before the closing ones.
    private mutating func readLines(end: StaticString, hasEscapes: Bool) throws(TOMLError) -> String {
        _ = cursor.takeNewline()
        var text: [UInt8] = []
        while true {
            if cursor.isNext(end) {
                for _ in 0..<2 where cursor.peek(after: 3) == cursor.peek {
                    text.append(cursor.peek)
                    cursor.step()
                }
                _ = cursor.take(end)
                return String(decoding: text, as: UTF8.self)
            }
            if hasEscapes, cursor.take("\\") {
                if try skipContinuation() { continue }
                try readEscape(into: &text)
            } else if cursor.takeNewline() {
                text.append(UInt8(ascii: "\n"))
            } else {
                guard !cursor.isAtEnd, !cursor.peek.isTOMLControl else { throw unfinished() }
                text.append(cursor.peek)
                cursor.step()
            }
        }
    }

    /// A backslash at a line's end joins the next text to it.
    private mutating func skipContinuation() throws(TOMLError) -> Bool {
        var ahead = cursor
        ahead.skipBlanks()
        guard ahead.takeNewline() else { return false }
        repeat { ahead.skipBlanks() } while ahead.takeNewline()
        cursor = ahead
        return true
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(TOMLError) {
        let letter = cursor.peek
        cursor.step()
        switch letter {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(letter)
        case UInt8(ascii: "u"): text += try readScalarValue(digits: 4)
        case UInt8(ascii: "U"): text += try readScalarValue(digits: 8)
        default: throw cursor.error("a backslash in a string is followed by none of b t n f r \" \\ u U")
        }
    }

    private mutating func readScalarValue(digits: Int) throws(TOMLError) -> [UInt8] {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = Character(Unicode.Scalar(cursor.peek)).hexDigitValue else {
                throw cursor.error("expected \(digits) hexadecimal digits after the backslash")
            }
            value = value << 4 | UInt32(digit)
            cursor.step()
        }
        guard let scalar = Unicode.Scalar(value) else { throw cursor.error("the escape is no Unicode character") }
        return Array(String(scalar).utf8)
    }

    private func unfinished() -> TOMLError {
        cursor.error(
            cursor.isAtEnd || cursor.peek == UInt8(ascii: "\n") || cursor.peek == UInt8(ascii: "\r")
                ? "the string is not closed" : "a string cannot contain control characters")
    }
}

extension UInt8 {
    fileprivate var isPlainInBasic: Bool { self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\") && !isTOMLControl }
}
