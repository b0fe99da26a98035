/// What a task prints, as a line of a terminal that others write to as well: colours stay, what would move the cursor goes.
///
/// Of parts between carriage returns the last one is what a terminal would show. The log of the run has all of it.
struct TerminalText {
    let text: String

    init(_ printed: String) {
        guard printed.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0x9B }) else {
            text = printed
            return
        }
        let parts = printed.split(separator: "\r", omittingEmptySubsequences: true)
        text = Self.withoutMovements(String(parts.last ?? ""))
    }

    private static func withoutMovements(_ line: String) -> String {
        var kept = String.UnicodeScalarView()
        var scalars = line.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            if scalar == "\u{1B}" {
                let sequence = takeSequence(&scalars)
                // Only colours and the like (SGR) are harmless.
                if sequence.first == "[", sequence.last == "m" {
                    kept.append(scalar)
                    kept.append(contentsOf: sequence)
                }
            } else if scalar == "\t" || scalar.value >= 0x20 && scalar.value != 0x7F && scalar.value != 0x9B {
                kept.append(scalar)
            }
        }
        return String(kept)
    }

    /// What belongs to an escape: a control sequence up to its final letter, a string up to its end, or one letter.
    private static func takeSequence(_ scalars: inout Substring.UnicodeScalarView) -> [Unicode.Scalar] {
        guard let first = scalars.popFirst() else { return [] }
        var sequence = [first]
        switch first {
        case "[":
            while let scalar = scalars.popFirst() {
                sequence.append(scalar)
                if (0x40...0x7E).contains(scalar.value) { break }
            }
        case "]", "P", "_", "^", "X":
            while let scalar = scalars.popFirst(), scalar.value != 0x07 {
                sequence.append(scalar)
                if scalar == "\\", sequence.dropLast().last == "\u{1B}" { break }
            }
        default: break
        }
        return sequence
    }
}
