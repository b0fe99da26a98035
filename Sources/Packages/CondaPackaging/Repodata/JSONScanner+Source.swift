extension JSONScanner: RecordSource {
    func text(of text: RawText) throws(RepodataError) -> String {
        guard let plain = plainBytes(of: text) else { return try text.unescaped(in: bytes) }
        return plain.text
    }

    func plainBytes(of text: RawText) -> UnsafeBufferPointer<UInt8>? {
        let plain = bytes.slice(text.range)
        return plain.contains(UInt8(ascii: "\\")) ? nil : plain
    }

    mutating func nextKind() -> RecordValueKind {
        skipSpace()
        guard position < bytes.count else { return .other }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .text
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "t"): return .yes
        default: return .other
        }
    }

    mutating func takeNull() throws(RepodataError) -> Bool {
        guard next(is: "n") else { return false }
        let start = position
        guard try skipScalar().equals("null") else { throw error(.expected(.value), at: start) }
        return true
    }

    /// A fraction of zeros (`1.0`) is allowed.
    mutating func readInteger() throws(RepodataError) -> UInt64 {
        skipSpace()
        let start = position
        guard position < bytes.count else { throw error(.truncated) }
        guard nextKind() == .other else { throw error(.expected(.integer)) }
        let digits = try skipScalar()
        guard let number = Self.integer(digits) else { throw error(.expected(.integer), at: start) }
        return number
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

    /// Hexadecimal digits.
    mutating func readDigest<Digest: RecordDigest>() throws(RepodataError) -> Digest? {
        if try takeNull() { return nil }
        let start = position
        let text = try readText()
        if text.range.isEmpty { return nil }
        guard let digest = Digest(hexDigits: bytes.slice(text.range)) else { throw error(.expected(.digest), at: start) }
        return digest
    }

    /// Passes over an array of strings; the bytes that it is made of, `nil` for `null`.
    mutating func skipStrings() throws(RepodataError) -> Range<Int>? {
        if try takeNull() { return nil }
        guard next(is: "[") else { throw unexpected(.array) }
        let start = position
        try skipValue()
        return start..<position
    }
}
