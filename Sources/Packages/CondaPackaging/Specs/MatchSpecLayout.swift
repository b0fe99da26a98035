/// Where the brackets of a match spec are, and where it ends: a comment, `# …`, is no part of it.
struct MatchSpecLayout {
    /// Where the spec ends, without comment and white space.
    let end: Int
    /// The bracket that opens the fields; they end at `end`.
    let bracketStart: Int?

    /// The fields, without their brackets.
    func bracketContent(_ opening: Int) -> Range<Int> { opening + 1..<end - 1 }

    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(MatchSpecError) {
        func error(_ problem: MatchSpecError.Problem, at place: Int) -> MatchSpecError {
            MatchSpecError(text: bytes.text, column: bytes.column(at: place), problem: problem)
        }
        var opening: Int?
        var depth = 0
        var quote: (byte: UInt8, place: Int)?
        var lastClosed: Range<Int>?
        var place = 0
        scan: while place < bytes.count {
            let byte = bytes[place]
            if let open = quote {
                if byte == UInt8(ascii: "\\") { place += 1 } else if byte == open.byte { quote = nil }
                place += 1
                continue
            }
            switch byte {
            // In a regular expression a bracket is a class of characters, which is told from fields by their `=`.
            case UInt8(ascii: "["):
                if depth > 0 || Self.beginsFields(bytes, place) {
                    if depth == 0 {
                        guard lastClosed == nil else { throw error(.expectedEnd, at: place) }
                        opening = place
                    }
                    depth += 1
                } else if !Self.canBelongToText(bytes, place) {
                    throw error(.badField, at: place + 1)
                }
            case UInt8(ascii: "]"):
                if depth == 1, let opening { lastClosed = opening..<place + 1 }
                depth = max(0, depth - 1)
            case UInt8(ascii: "'"), UInt8(ascii: "\""): if depth > 0, Self.beginsValue(bytes, place) { quote = (byte, place) }
            case UInt8(ascii: "#"): if depth == 0, !Self.isHash(bytes, place) { break scan }
            case UInt8(ascii: ";"): if depth == 0 { throw error(.semicolon, at: place) }
            default: break
            }
            place += 1
        }
        if let quote { throw error(.unclosed(Character(Unicode.Scalar(quote.byte))), at: quote.place) }
        if depth > 0, let opening { throw error(.unclosed("["), at: opening) }
        var end = min(place, bytes.count)
        while end > 0, bytes[end - 1].isSpace { end -= 1 }
        self.end = end
        bracketStart = lastClosed?.lowerBound
        if let lastClosed, lastClosed.upperBound != end { throw error(.expectedEnd, at: lastClosed.upperBound) }
    }

    /// Whether the bracket is followed by `key=`, by its end, or by nothing.
    private static func beginsFields(_ bytes: UnsafeBufferPointer<UInt8>, _ bracket: Int) -> Bool {
        var place = bracket + 1
        func skipSpace() { while place < bytes.count, bytes[place].isSpace { place += 1 } }
        skipSpace()
        if place == bytes.count || bytes[place] == UInt8(ascii: "]") { return true }
        let start = place
        while place < bytes.count, bytes[place].isFieldNamePart { place += 1 }
        skipSpace()
        return place > start && place < bytes.count && bytes[place] == UInt8(ascii: "=")
    }

    /// Whether a bracket that begins no fields can be part of a regular expression, or of `channel[platform]::`.
    private static func canBelongToText(_ bytes: UnsafeBufferPointer<UInt8>, _ bracket: Int) -> Bool {
        if bytes[..<bracket].contains(UInt8(ascii: "^")) { return true }
        guard let closing = bytes[bracket...].firstIndex(of: UInt8(ascii: "]")) else { return false }
        return closing + 1 < bytes.count && bytes[closing + 1] == UInt8(ascii: ":")
    }

    /// Whether a quote stands where a value or an item of a list begins.
    private static func beginsValue(_ bytes: UnsafeBufferPointer<UInt8>, _ quote: Int) -> Bool {
        var place = quote - 1
        while place >= 0, bytes[place].isSpace { place -= 1 }
        guard place >= 0 else { return false }
        return bytes[place] == UInt8(ascii: "=") || bytes[place] == UInt8(ascii: "[") || bytes[place] == UInt8(ascii: ",")
    }

    /// Whether the mark is followed by the hash of an archive, as in explicit lists.
    private static func isHash(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: Int) -> Bool {
        var text = bytes.slice(mark + 1..<bytes.count).trimmed
        if text.count > 7, text.slice(0..<7).equals("sha256:") { text = text.slice(7..<text.count) }
        let isDigits = text.allSatisfy { $0.hexadecimalValue != nil }
        return isDigits && (text.count == 32 || text.count == 64) && mark > 0 && !bytes[mark - 1].isSpace
    }
}

extension UInt8 {
    var isFieldNamePart: Bool { isAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: "-") }
}
