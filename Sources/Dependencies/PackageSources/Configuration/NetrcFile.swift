/// A netrc file: machine names with logins, as curl and pip read it.
package struct NetrcFile: Sendable {
    private var machines: [String: Credentials] = [:]
    private var fallback: Credentials?

    package init() {}

    /// Never fails: what is not understood is passed over, as other readers do.
    package init(parsing text: String) {
        var words = Self.words(of: text)[...]
        while let word = words.popFirst() {
            switch word {
            case "machine":
                guard let name = words.popFirst() else { return }
                let login = Self.login(from: &words)
                if machines[name.lowercased()] == nil { machines[name.lowercased()] = login }
            case "default":
                fallback = Self.login(from: &words)
            default: continue
            }
        }
    }

    package func credentials(for host: String) -> Credentials? { machines[host] ?? fallback }

    private static func login(from words: inout ArraySlice<String>) -> Credentials? {
        var user: String?
        var password: String?
        while let word = words.first, word != "machine", word != "default" {
            words.removeFirst()
            switch word {
            case "login", "user": user = words.popFirst()
            case "password": password = words.popFirst()
            case "account": words = words.dropFirst()
            default: continue
            }
        }
        guard user != nil || password != nil else { return nil }
        return Credentials(user: user ?? "", password: password ?? "")
    }

    /// Words apart by white space; quoted ones may hold some; comments and macros are left out.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var isInMacro = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let parts = quotedWords(of: line)
            if parts.isEmpty {
                // A macro ends with an empty line.
                isInMacro = false
                continue
            }
            if isInMacro { continue }
            for part in parts {
                if part.hasPrefix("#"), words.last != "password" { break }
                if part == "macdef" {
                    isInMacro = true
                    break
                }
                words.append(part)
            }
        }
        return words
    }

    private static func quotedWords(of line: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        var (isQuoted, isEscaped, isOpen) = (false, false, false)
        for character in line {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "\\", isQuoted {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
                isOpen = true
            } else if !isQuoted, character == " " || character == "\t" {
                if isOpen || !word.isEmpty { words.append(word) }
                (word, isOpen) = ("", false)
            } else {
                word.append(character)
            }
        }
        if isOpen || !word.isEmpty { words.append(word) }
        return words
    }
}
