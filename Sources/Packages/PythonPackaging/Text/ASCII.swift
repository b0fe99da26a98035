/// The classes of ASCII bytes that packaging grammars are made of.
extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isAlphanumeric: Bool { isDigit || isLetter }

    /// What a regular expression calls a word character; bytes of other scripts count as such.
    var isWord: Bool { isAlphanumeric || self == UInt8(ascii: "_") || self >= 0x80 }

    /// `.`, `-` or `_`: the separators of versions and names.
    var isSeparator: Bool { self == UInt8(ascii: ".") || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }

    /// The only white space that PEP 508 knows.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    /// The byte with an upper-case letter made lower-case.
    var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension Unicode.Scalar {
    /// White space as PEP 440's reference implementation strips it: Unicode's, and the ASCII separators 28 to 31.
    var isStripped: Bool {
        if value < 0x80 { return value == 0x20 || (0x09...0x0D).contains(value) || (0x1C...0x1F).contains(value) }
        return properties.isWhitespace
    }
}

extension StringProtocol {
    /// The text without white space at both ends.
    var stripped: SubSequence {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isStripped }),
            let last = scalars.lastIndex(where: { !$0.isStripped })
        else { return self[endIndex...] }
        return self[first..<scalars.index(after: last)]
    }

    /// Calls `body` with the UTF-8 bytes, which are copied only where the text is not stored as UTF-8.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(utf8).withUnsafeBufferPointer(body)
    }

    /// The text as it is quoted in a message: in single quotes, cut where it is very long.
    var quoted: String {
        let limit = 200
        guard utf8.count > limit else { return "'\(self)'" }
        return "'\(prefix(limit))…' (\(utf8.count) bytes)"
    }
}
