/// A line of an ignore file, as Git has them (gitignore, "Pattern format"): `*.csv`, `/data/`, `docs/**/draft`, `!keep.csv`.
///
/// Letters count as they are; `*`, `?` and `[a-z]` stay within a name, `**` between slashes stands for any folders. A pattern
/// with a slash before its end is meant from the folder of its file, any other at every depth.
package struct PathPattern: Hashable, Sendable {
    /// As it was written, for messages.
    package let text: String
    /// Whether it takes back what an earlier line says: `!…`.
    package let isNegated: Bool
    /// Whether it is for folders alone: `…/`.
    let foldersOnly: Bool
    /// Whether it is meant from the folder of its file.
    let isAnchored: Bool
    private let parts: [Part]

    private enum Part: Hashable {
        case name(NamePattern)
        /// `**`
        case folders
    }

    /// `nil` for a line that is empty or a remark.
    package init?(line: some StringProtocol) {
        var rest = Substring(line)
        if rest.hasSuffix("\r") { rest = rest.dropLast() }
        if rest.hasPrefix("#") { return nil }
        rest = Self.withoutTrailingSpaces(rest)
        text = String(rest)
        isNegated = rest.hasPrefix("!")
        if isNegated { rest = rest.dropFirst() }
        foldersOnly = rest.hasSuffix("/")
        if foldersOnly { rest = rest.dropLast() }
        let hasPlace = rest.contains("/")
        isAnchored = hasPlace
        let names = rest.split(separator: "/")
        guard !names.isEmpty else { return nil }
        parts = (hasPlace ? [] : [.folders]) + names.map { $0 == "**" && hasPlace ? .folders : .name(NamePattern($0)) }
    }

    /// Spaces at the end do not count unless a backslash is before them.
    private static func withoutTrailingSpaces(_ line: Substring) -> Substring {
        var line = line
        while line.hasSuffix(" "), !line.hasSuffix("\\ ") { line = line.dropLast() }
        return line
    }

    /// Whether it means this path, whose names begin at the folder of the pattern's file.
    func matches(_ path: ArraySlice<String>, isFolder: Bool) -> Bool {
        if foldersOnly, !isFolder { return false }
        return matches(path)
    }

    private func matches(_ path: ArraySlice<String>) -> Bool {
        var (part, position) = (0, path.startIndex)
        // Where to go on when the names behind the last `**` do not match: it takes one more.
        var retry: (part: Int, position: Int)?
        while position < path.endIndex {
            if part < parts.count {
                switch parts[part] {
                case .folders:
                    // At the end it stands for what is in the folder, of which there is something here.
                    if part == parts.count - 1 { return true }
                    part += 1
                    retry = (part, position)
                    continue
                case .name(let pattern) where pattern.matches(path[position]):
                    part += 1
                    position += 1
                    continue
                case .name: break
                }
            }
            guard let last = retry else { return false }
            retry = (last.part, last.position + 1)
            (part, position) = (last.part, last.position + 1)
        }
        return part == parts.count
    }

    /// Whether something below this folder can be meant by a pattern with a place of its own.
    func reaches(below folder: ArraySlice<String>) -> Bool {
        guard isAnchored else { return false }
        for (name, part) in zip(folder, parts) {
            guard case .name(let pattern) = part else { return true }
            guard pattern.matches(name) else { return false }
        }
        // What is below a folder that is meant is meant, too.
        return true
    }

    /// Whether its last name begins with a dot: hidden files have to be asked for.
    var namesHidden: Bool {
        if case .name(let pattern)? = parts.last { return pattern.beginsWithDot }
        return false
    }

    /// Whether it leads out of the folder, or names none of what is in it.
    var isOutside: Bool {
        parts.contains { if case .name(let pattern) = $0 { pattern.isDots } else { false } }
    }
}

/// The pattern of one name.
private struct NamePattern: Hashable, Sendable {
    private enum Token: Hashable {
        case one(Unicode.Scalar)
        case any
        case run
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .one(let wanted): scalar == wanted
            case .any: true
            case .run: false
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
            }
        }
    }

    private let tokens: [Token]

    init(_ text: some StringProtocol) {
        var tokens: [Token] = []
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": if tokens.last != .run { tokens.append(.run) }
            case "?": tokens.append(.any)
            case "\\": tokens.append(.one(rest.popFirst() ?? "\\"))
            case "[":
                // A bracket without its end stands for itself.
                if let set = Self.takeSet(&rest) { tokens.append(set) } else { tokens.append(.one("[")) }
            default: tokens.append(.one(scalar))
            }
        }
        self.tokens = tokens
    }

    var beginsWithDot: Bool { tokens.first == .one(".") }
    var isDots: Bool { tokens == [.one("."), .one(".")] || tokens == [.one(".")] }

    private static func takeSet(_ text: inout Substring.UnicodeScalarView) -> Token? {
        var rest = text
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var isNegated = false
        if let first = rest.first, first == "!" || first == "^" {
            isNegated = true
            rest.removeFirst()
        }
        var isFirst = true
        while let scalar = rest.popFirst() {
            if scalar == "]", !isFirst {
                text = rest
                return .set(ranges, isNegated: isNegated)
            }
            isFirst = false
            if scalar == "[", rest.first == ":", let end = Self.takeClass(rest, into: &ranges) {
                rest = end
                continue
            }
            guard let low = scalar == "\\" ? rest.popFirst() : scalar else { return nil }
            guard rest.first == "-", let bound = rest.dropFirst().first, bound != "]" else {
                ranges.append(low...low)
                continue
            }
            rest.removeFirst(2)
            guard let high = bound == "\\" ? rest.popFirst() : bound else { return nil }
            // A range that runs backwards holds nothing.
            if low <= high { ranges.append(low...high) }
        }
        return nil
    }

    /// `[:digit:]` and the like; gives what follows it.
    private static func takeClass(
        _ text: Substring.UnicodeScalarView, into ranges: inout [ClosedRange<Unicode.Scalar>]
    ) -> Substring.UnicodeScalarView? {
        let name = String(String.UnicodeScalarView(text.dropFirst().prefix { $0.properties.isAlphabetic }))
        let rest = text.dropFirst(1 + name.unicodeScalars.count)
        guard rest.starts(with: ":]".unicodeScalars), let known = classes[name] else { return nil }
        ranges += known
        return rest.dropFirst(2)
    }

    private static let classes: [String: [ClosedRange<Unicode.Scalar>]] = [
        "alpha": ["a"..."z", "A"..."Z"], "digit": ["0"..."9"], "alnum": ["a"..."z", "A"..."Z", "0"..."9"], "lower": ["a"..."z"],
        "upper": ["A"..."Z"], "space": [" "..." ", "\t"..."\r"], "blank": [" "..." ", "\t"..."\t"],
        "xdigit": ["0"..."9", "a"..."f", "A"..."F"], "punct": ["!"..."/", ":"..."@", "["..."`", "{"..."~"],
    ]

    func matches(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        var (token, position) = (0, scalars.startIndex)
        var retry: (token: Int, position: String.UnicodeScalarView.Index)?
        while position < scalars.endIndex {
            if token < tokens.count {
                if tokens[token] == .run {
                    token += 1
                    retry = (token, position)
                    continue
                }
                if tokens[token].matches(scalars[position]) {
                    token += 1
                    position = scalars.index(after: position)
                    continue
                }
            }
            guard let last = retry else { return false }
            let next = scalars.index(after: last.position)
            retry = (last.token, next)
            (token, position) = (last.token, next)
        }
        return tokens[token...].allSatisfy { $0 == .run }
    }
}

