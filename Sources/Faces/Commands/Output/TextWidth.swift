/// How many columns of a terminal a text takes. East Asian wide characters and emoji take two, combining marks none.
struct TextWidth {
    let columns: Int

    init(_ text: some StringProtocol) {
        columns = text.unicodeScalars.reduce(0) { $0 + Self.columns(of: $1) }
    }

    /// The longest beginning of `text` that fits.
    static func prefix(_ text: String, columns: Int) -> String {
        guard TextWidth(text).columns > columns else { return text }
        var taken = 0
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            taken += Self.columns(of: scalar)
            if taken > columns { break }
            result.append(scalar)
        }
        return String(result)
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x7F: 1
        case 0..<0x20, 0x7F..<0xA0, 0x300..<0x370, 0x200B..<0x2010, 0xFE00..<0xFE10, 0xFEFF, 0xE0100..<0xE01F0: 0
        case 0x1100..<0x1160, 0x2E80..<0x303F, 0x3041..<0xA4D0, 0xAC00..<0xD7A4, 0xF900..<0xFB00, 0xFE30..<0xFE70,
            0xFF00..<0xFF61, 0xFFE0..<0xFFE7, 0x1F300..<0x1F650, 0x1F680..<0x1F700, 0x1F900..<0x1FA00,
            0x20000..<0x3FFFE:
            2
        default: 1
        }
    }
}

extension String {
    /// Followed by blanks up to that many columns; a longer text stays whole.
    func padded(toColumns columns: Int) -> String {
        self + String(repeating: " ", count: max(0, columns - TextWidth(self).columns))
    }

    /// Preceded by blanks up to that many columns.
    func paddedOnTheLeft(toColumns columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - TextWidth(self).columns)) + self
    }
}
