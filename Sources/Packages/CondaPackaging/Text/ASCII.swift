/// The classes of ASCII bytes that conda's grammars are made of.
extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isAlphanumeric: Bool { isDigit || isLetter }

    /// Space, tab and the line ends.
    var isSpace: Bool { self == 0x20 || self &- 0x09 < 5 }

    /// One of the characters that operators on versions are made of.
    var isOperatorPart: Bool {
        switch self {
        case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "~"): true
        default: false
        }
    }

    /// The byte with an upper-case letter made lower-case.
    var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit of either case.
    var hexadecimalValue: UInt8? {
        if isDigit { return self &- 0x30 }
        let letter = lowercased &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }
}

extension StringProtocol {
    /// Calls `body` with the UTF-8 bytes, which are copied only where the text is not stored as UTF-8.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(utf8).withUnsafeBufferPointer(body)
    }

    /// The text as it is quoted in a message: in single quotes, control characters shown, cut where it is very long.
    var quoted: String {
        let limit = 200
        let shown = String(prefix(limit)).escapingControls
        return utf8.count > limit ? "'\(shown)…' (\(utf8.count) bytes)" : "'\(shown)'"
    }

    private var escapingControls: String {
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return String(self) }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.value < 0x20 || scalar.value == 0x7F {
                text += scalar.escaped(asASCII: true)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The bytes of `range`, counted from 0.
    @inline(__always)
    func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: self[range]) }

    /// The bytes without white space at both ends.
    var trimmed: UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = count
        while start < end, self[start].isSpace { start += 1 }
        while end > start, self[end - 1].isSpace { end -= 1 }
        return slice(start..<end)
    }

    /// The bytes as text; malformed UTF-8 is repaired.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// Whether these are the bytes of `word`.
    func equals(_ word: StaticString) -> Bool {
        count == word.utf8CodeUnitCount && elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: count))
    }

    /// Whether these are the bytes of `word` in any case of letters; `word` is given in lower case.
    func equals(anyCase word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        for offset in 0..<count where self[offset].lowercased != word.utf8Start[offset] { return false }
        return true
    }

    /// The column of `position` counted in characters from 1, as an error gives it.
    func column(at position: Int) -> Int { 1 + self[..<Swift.min(position, count)].count { $0 & 0xC0 != 0x80 } }
}
