extension JSONScanner {
    mutating func readString() throws(RepodataError) -> String { try readText().text(in: bytes) }

    /// A string; `nil` for `null`.
    mutating func readStringOrNull() throws(RepodataError) -> String? {
        try takeNull() ? nil : try readString()
    }

    /// A string; `nil` for anything else, for fields that only inform.
    mutating func readStringIfPresent() throws(RepodataError) -> String? {
        if next(is: "\"") { return try readString() }
        try skipValue()
        return nil
    }

    /// Passes over `null`, if it comes next.
    mutating func takeNull() throws(RepodataError) -> Bool {
        guard next(is: "n") else { return false }
        let start = position
        guard try skipScalar().equals("null") else { throw error(.expected(.value), at: start) }
        return true
    }

    /// A whole number; a fraction of zeros (`1.0`) is allowed.
    mutating func readInteger() throws(RepodataError) -> UInt64 {
        skipSpace()
        let start = position
        guard !isAtEnd() else { throw error(.truncated) }
        guard !next(is: "\""), !next(is: "{"), !next(is: "[") else { throw error(.expected(.integer)) }
        let digits = try skipScalar()
        guard let number = Self.integer(digits) else { throw error(.expected(.integer), at: start) }
        return number
    }

    mutating func readIntegerOrNull() throws(RepodataError) -> UInt64? {
        try takeNull() ? nil : try readInteger()
    }

    private static func integer(_ digits: UnsafeBufferPointer<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for (place, digit) in digits.enumerated() {
            if digit == UInt8(ascii: "."), place > 0, place + 1 < digits.count {
                return digits[(place + 1)...].allSatisfy { $0 == UInt8(ascii: "0") } ? number : nil
            }
            guard digit.isDigit else { return nil }
            let (product, tooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, stillTooLarge) = product.addingReportingOverflow(UInt64(digit &- 0x30))
            guard !tooLarge, !stillTooLarge else { return nil }
            number = sum
        }
        return digits.isEmpty ? nil : number
    }

    /// An array of strings; empty for `null`.
    mutating func readStrings() throws(RepodataError) -> [String] {
        if try takeNull() { return [] }
        try beginArray()
        var strings: [String] = []
        var isFirst = true
        while try nextElement(&isFirst) { strings.append(try readString()) }
        return strings
    }

    /// Words with commas or spaces between them in one string, or an array of strings.
    mutating func readWords() throws(RepodataError) -> [String] {
        if next(is: "[") { return try readStrings() }
        guard let text = try readStringOrNull() else { return [] }
        return text.split { $0 == "," || $0 == " " }.map(String.init)
    }
}
