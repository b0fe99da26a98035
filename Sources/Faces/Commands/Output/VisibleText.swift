/// Text of strangers (names in archives, pages of indexes) as it may stand in a message: what would move the cursor, change
/// colours or turn the direction of writing is shown instead of done. Line breaks and tabs stay.
enum VisibleText {
    static func of(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isHidden(scalar) {
                shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                shown.append(scalar)
            }
        }
        return String(shown)
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a: false
        // Controls, C0 and C1.
        case ..<0x20, 0x7f...0x9f: true
        // Marks and overrides of direction (Unicode, annex 9), and separators of lines.
        case 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
