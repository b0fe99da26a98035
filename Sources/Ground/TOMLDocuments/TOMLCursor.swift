/// A place in a document. Every read is checked against the end; past it `peek` is 0, which is no part of TOML.
struct TOMLCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    /// The line of the place, from 1.
    private(set) var line = 1

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    var isAtEnd: Bool { position >= bytes.count }
    var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    func peek(after distance: Int) -> UInt8 {
        position + distance < bytes.count ? bytes[position + distance] : 0
    }

    func isNext(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        for offset in 0..<length where bytes[position + offset] != text.utf8Start[offset] { return false }
        return true
    }

    /// Steps over `text`, which contains no line feed, if it comes next.
    mutating func take(_ text: StaticString) -> Bool {
        guard isNext(text) else { return false }
        position += text.utf8CodeUnitCount
        return true
    }

    /// Steps over the next byte, whatever it is.
    mutating func step() {
        if peek == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    /// Steps over bytes that are no line feeds.
    mutating func skip(while condition: (UInt8) -> Bool) {
        while position < bytes.count, condition(bytes[position]) { position += 1 }
    }

    mutating func skipBlanks() { skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }

    /// Steps over a line's end, if it comes next.
    mutating func takeNewline() -> Bool {
        if isNext("\r\n") { position += 1 }
        guard peek == UInt8(ascii: "\n"), !isAtEnd else { return false }
        step()
        return true
    }

    /// Steps over blanks, comments and line ends.
    mutating func skipEmptyLines() throws(TOMLError) {
        repeat {
            skipBlanks()
            try skipComment()
        } while takeNewline()
    }

    /// That nothing but a comment is left on the line.
    mutating func endLine() throws(TOMLError) {
        skipBlanks()
        try skipComment()
        guard isAtEnd || takeNewline() else { throw error("expected the end of the line") }
    }

    private mutating func skipComment() throws(TOMLError) {
        guard peek == UInt8(ascii: "#") else { return }
        skip { !$0.isTOMLControl }
        guard isAtEnd || peek == UInt8(ascii: "\n") || isNext("\r\n") else {
            throw error("a comment cannot contain control characters")
        }
    }

    func text(from start: Int) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    }

    func error(_ reason: String) -> TOMLError { TOMLError(line: line, reason: reason) }
}

extension UInt8 {
    var isASCIIDigit: Bool { self &- 0x30 < 10 }
    var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// Control characters that can stand in no string and no comment; the tab is none of them.
    var isTOMLControl: Bool { (self < 0x20 && self != 0x09) || self == 0x7F }
}
