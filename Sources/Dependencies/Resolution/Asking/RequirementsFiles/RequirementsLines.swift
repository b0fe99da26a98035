/// The lines of a requirements file as pip counts them: joined where they end in `\`, without comments and empty ones.
struct RequirementsLines {
    struct Line: Hashable {
        /// Of the first of the joined lines, from 1.
        var number: Int
        /// As the person wrote it.
        var spelled: String
        /// With the values of `${VARIABLE}` in it.
        var text: String
    }

    let lines: [Line]

    /// - Parameter environment: the values of variables. Unset and empty ones are left as they are written.
    init(_ text: String, environment: [String: String]) {
        lines = Self.joined(Self.split(text)).compactMap { number, text in
            let spelled = Self.withoutComment(text).trimmed
            guard !spelled.isEmpty else { return nil }
            return Line(number: number, spelled: spelled, text: Self.expanded(spelled, environment))
        }
    }

    /// Where Python's `splitlines` ends lines.
    private static func split(_ text: String) -> [Substring] {
        let ends: Set<Unicode.Scalar> = [
            "\n", "\r", "\u{0B}", "\u{0C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}",
        ]
        var lines: [Substring] = []
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let end = index
            scalars.formIndex(after: &index)
            guard ends.contains(scalar) else { continue }
            if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" { scalars.formIndex(after: &index) }
            lines.append(text[start..<end])
            start = index
        }
        if start < scalars.endIndex { lines.append(text[start...]) }
        return lines
    }

    /// A comment ends what was begun before it and goes on with nothing.
    private static func joined(_ lines: [Substring]) -> [(Int, String)] {
        var result: [(Int, String)] = []
        var open: (number: Int, text: String)?
        for (position, line) in lines.enumerated() {
            let isComment = line.drop(while: \.isWhitespace).first == "#"
            if line.utf8.last == UInt8(ascii: "\\"), !isComment {
                let piece = trimmedOfBackslashes(line)
                // In place: a line may have been joined of very many.
                if open == nil { open = (position + 1, "") }
                open?.text.append(contentsOf: piece)
            } else {
                // The blank keeps a comment one where it follows other text.
                result.append((open?.number ?? position + 1, (open?.text ?? "") + (isComment ? " " : "") + line))
                open = nil
            }
        }
        if let open { result.append((open.number, open.text)) }
        return result
    }

    private static func trimmedOfBackslashes(_ line: Substring) -> Substring {
        var rest = line
        while rest.first == "\\" { rest.removeFirst() }
        while rest.last == "\\" { rest.removeLast() }
        return rest
    }

    /// A comment begins at `#` at the start of the line or after white space.
    private static func withoutComment(_ line: String) -> Substring {
        var previous: Character?
        for index in line.indices {
            let character = line[index]
            if character == "#", previous?.isWhitespace ?? true { return line[..<index] }
            previous = character
        }
        return line[...]
    }

    /// Puts values in the place of `${NAME}`, whose name is capital letters, digits and `_`. Values are not expanded again.
    static func expanded(_ text: String, _ environment: [String: String]) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            let inner = rest.dropFirst(2)
            let name = inner.prefix { $0 == "_" || ($0.isASCII && ($0.isUppercase || $0.isNumber)) }
            if rest.hasPrefix("${"), !name.isEmpty, inner[name.endIndex...].hasPrefix("}"),
                let value = environment[String(name)], !value.isEmpty
            {
                result += value
                rest = inner[name.endIndex...].dropFirst()
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }
}
