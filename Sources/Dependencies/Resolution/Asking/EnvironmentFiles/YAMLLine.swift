/// A line of YAML that says something: not empty, and without its comment.
struct YAMLLine {
    /// From 1.
    var number: Int
    /// The spaces before the text.
    var indent: Int
    var text: String

    /// The lines of the first document of a text.
    static func lines(of text: String) throws(EnvironmentFile.Problem) -> [YAMLLine] {
        var lines: [YAMLLine] = []
        for (position, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let blanks = raw.prefix { $0 == " " }
            let content = withoutComment(raw.dropFirst(blanks.count)).trimmed
            guard !content.isEmpty else { continue }
            let line = YAMLLine(number: position + 1, indent: blanks.count, text: content)
            if raw.dropFirst(blanks.count).hasPrefix("\t") { throw line.problem("a tab cannot indent; use spaces") }
            if blanks.isEmpty, content == "---" || content.hasPrefix("%") {
                guard content == "---", lines.isEmpty else { throw line.problem("only one document is read, without directives") }
                continue
            }
            if blanks.isEmpty, content == "..." { break }
            lines.append(line)
        }
        return lines
    }

    /// A comment begins at `#` at the start or after white space, outside of quotes.
    private static func withoutComment(_ line: Substring) -> Substring {
        var quote: Character?
        var previous: Character = " "
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open, !(open == "\"" && previous == "\\") { quote = nil }
            } else if character == "#", previous.isWhitespace {
                return line[..<index]
            } else if character == "'" || character == "\"", previous.isWhitespace || "[,:".contains(previous) {
                quote = character
            }
            previous = character
        }
        return line
    }

    var isItem: Bool { text == "-" || text.hasPrefix("- ") }

    /// What stands behind `- `.
    var item: YAMLLine? {
        guard isItem else { return nil }
        return YAMLLine(number: number, indent: indent, text: text.dropFirst().trimmed)
    }

    /// Key and value of `key: value`; `nil` for a line that is none.
    func pair() throws(EnvironmentFile.Problem) -> (key: String, value: String)? {
        if let first = text.first, "\"'[{&*!|>%@`".contains(first) { return nil }
        guard let colon = text.indices.first(where: { index in
            guard text[index] == ":" else { return false }
            return text[text.index(after: index)...].first?.isWhitespace ?? true
        }) else { return nil }
        return (text[..<colon].trimmed, text[text.index(after: colon)...].trimmed)
    }

    func problem(_ reason: String) -> EnvironmentFile.Problem { EnvironmentFile.Problem(line: number, reason: reason) }
}

/// Single values of YAML, and lists of them in brackets.
enum YAMLScalar {
    /// A plain or quoted text.
    static func text(_ text: String, line: Int) throws(EnvironmentFile.Problem) -> String {
        var rest = text[...]
        let value = try read(&rest, line: line, inList: false)
        guard rest.isEmpty else { throw EnvironmentFile.Problem(line: line, reason: "something follows the closing quote") }
        return value
    }

    /// `[a, 'b']`.
    static func list(_ text: String, line: Int) throws(EnvironmentFile.Problem) -> [EnvironmentFile.Item] {
        guard text.hasPrefix("["), text.hasSuffix("]"), text.count > 1 else {
            throw EnvironmentFile.Problem(line: line, reason: "expected a list: '- ' lines below, or [a, b] in one line")
        }
        var items: [EnvironmentFile.Item] = []
        var rest = text.dropFirst().dropLast().drop(while: \.isWhitespace)
        while !rest.isEmpty {
            items.append(EnvironmentFile.Item(text: try read(&rest, line: line, inList: true), line: line))
            rest = rest.drop(while: \.isWhitespace)
            guard rest.isEmpty || rest.hasPrefix(",") else {
                throw EnvironmentFile.Problem(line: line, reason: "expected ',' between the values")
            }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
        }
        return items
    }

    private static func read(
        _ rest: inout Substring, line: Int, inList: Bool
    ) throws(EnvironmentFile.Problem) -> String {
        guard let first = rest.first else { throw EnvironmentFile.Problem(line: line, reason: "expected a value") }
        switch first {
        case "'", "\"": return try quoted(&rest, by: first, line: line)
        case "&", "*", "!", "|", ">", "{", "[", "%", "@", "`", "?":
            throw EnvironmentFile.Problem(
                line: line, reason: "a value that begins with '\(first)' is not read here; put it in quotes if it is text")
        default:
            let plain = inList ? plainInList(rest) : rest
            rest = rest[plain.endIndex...]
            if plain.contains(": ") || plain.hasSuffix(":") {
                throw EnvironmentFile.Problem(line: line, reason: "expected a text, found 'name: value'")
            }
            return plain.trimmed
        }
    }

    /// Commas and brackets end a text, but for those of extras: `a[b,c]>=1`.
    private static func plainInList(_ rest: Substring) -> Substring {
        var depth = 0
        return rest.prefix { character in
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            return depth > 0 || (character != "," && depth == 0) || character == "]"
        }
    }

    private static func quoted(
        _ rest: inout Substring, by quote: Character, line: Int
    ) throws(EnvironmentFile.Problem) -> String {
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            if character == quote {
                guard quote == "'", rest.first == "'" else { return value }
                rest = rest.dropFirst()
                value.append("'")
            } else if character == "\\", quote == "\"" {
                guard let escaped = rest.popFirst(), "\"\\/".contains(escaped) else {
                    throw EnvironmentFile.Problem(line: line, reason: "only \\\" \\\\ and \\/ are read after a backslash")
                }
                value.append(escaped)
            } else {
                value.append(character)
            }
        }
        throw EnvironmentFile.Problem(line: line, reason: "the quote is not closed")
    }
}
