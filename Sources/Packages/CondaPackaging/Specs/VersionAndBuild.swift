/// Where in a match spec the version ends and the build begins (CEP 29, version expression parsing).
///
/// Both may stand behind spaces or `=`, which is an operator as well: `=1.8` means `1.8.*`, but `=1.8=py_0` means `==1.8`.
struct VersionAndBuild {
    /// The version, operators included.
    let version: Range<Int>
    /// What is left, white space at both ends apart; `nil` where nothing is.
    let build: Range<Int>?

    init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, strictness: Strictness
    ) throws(MatchSpecError) {
        var scanner = VersionScanner(bytes, range, strictness: strictness)
        try scanner.passGroup()
        version = range.lowerBound..<scanner.position
        var start = scanner.position
        // One separator, and one only: `1.0 =py_0` has a build that begins with `=`.
        if strictness == .lenient, start < range.upperBound, bytes[start] == UInt8(ascii: "=") { start += 1 }
        while start < range.upperBound, bytes[start].isSpace { start += 1 }
        build = start < range.upperBound ? start..<range.upperBound : nil
    }

    func readVersion(
        _ bytes: UnsafeBufferPointer<UInt8>, strictness: Strictness
    ) throws(MatchSpecError) -> VersionSpec {
        var start = version.lowerBound
        var bareOperator: VersionClause.Operator?
        if strictness == .lenient, bytes[start] == UInt8(ascii: "=") {
            (start, bareOperator) = withoutEquals(bytes)
        }
        do {
            let text = bytes.slice(0..<version.upperBound)
            var parser = VersionSpecParser(text, at: start, strictness: strictness, bareOperator: bareOperator)
            return try parser.readWhole()
        } catch {
            throw MatchSpecError(text: bytes.text, column: error.column, problem: .badVersion(error.problem))
        }
    }

    /// How conda reads a version that begins with `=`: where to go on, and what a version without operator means then.
    private func withoutEquals(_ bytes: UnsafeBufferPointer<UInt8>) -> (start: Int, VersionClause.Operator?) {
        let start = version.lowerBound
        let next = start + 1
        if next < version.upperBound, bytes[next] == UInt8(ascii: "=") {
            // `==1.0.*` is read as `1.0.*`.
            return build == nil ? (next + 1, nil) : (start, nil)
        }
        let isGroup = bytes[next..<version.upperBound].contains { byte in
            byte == UInt8(ascii: "=") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "|")
        }
        if isGroup { return (start, nil) }
        return (next, build == nil ? .startsWith : nil)
    }
}

/// Finds the end of a version spec inside a match spec, without understanding it.
private struct VersionScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    let end: Int
    let strictness: Strictness
    var position: Int
    private var depth = 0

    private static let maximumDepth = 64

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, strictness: Strictness) {
        self.bytes = bytes
        self.strictness = strictness
        position = range.lowerBound
        end = range.upperBound
    }

    private var peek: UInt8 { position < end ? bytes[position] : 0 }

    /// Clauses with `,` or `|` between them, white space around those.
    mutating func passGroup() throws(MatchSpecError) {
        try passClause()
        while true {
            let clauseEnd = position
            skipSpace()
            guard peek == UInt8(ascii: ",") || peek == UInt8(ascii: "|") else {
                position = clauseEnd
                return
            }
            position += 1
            skipSpace()
            try passClause()
        }
    }

    private mutating func passClause() throws(MatchSpecError) {
        switch peek {
        case UInt8(ascii: "("): try passParentheses()
        case UInt8(ascii: "^"): passExpression()
        case UInt8(ascii: "*"):
            position += 1
            if peek == UInt8(ascii: "."), position + 1 < end, bytes[position + 1] == UInt8(ascii: "*") { position += 2 }
        default:
            // `=1.2` by itself, so that `=1.2=build` ends before the second `=`.
            if strictness == .lenient, peek == UInt8(ascii: "="), passPlainEquality() { return }
            try passComparison()
        }
    }

    private mutating func passParentheses() throws(MatchSpecError) {
        let opening = position
        guard depth < Self.maximumDepth else { throw error(.tooDeep, at: opening) }
        depth += 1
        defer { depth -= 1 }
        position += 1
        skipSpace()
        try passGroup()
        skipSpace()
        guard peek == UInt8(ascii: ")"), position < end else { throw error(.unclosed("("), at: opening) }
        position += 1
    }

    private mutating func passExpression() {
        while position < end {
            position += 1
            if bytes[position - 1] == UInt8(ascii: "$"), position == end || bytes[position].isSpace { return }
        }
    }

    private mutating func passPlainEquality() -> Bool {
        let start = position
        position += 1
        guard passVersion() else {
            position = start
            return false
        }
        let dot = peek == UInt8(ascii: ".") ? 1 : 0
        if position + dot < end, bytes[position + dot] == UInt8(ascii: "*") { position += dot + 1 }
        return true
    }

    private mutating func passComparison() throws(MatchSpecError) {
        let start = position
        skipSpace()
        let operatorStart = position
        if passOperator() { skipSpace() } else { position = start }
        guard passVersion() else {
            throw error(position > operatorStart ? .badVersion(.noVersion) : .expectedVersion, at: position)
        }
        while peek == UInt8(ascii: ".") || peek == UInt8(ascii: "*") { position += 1 }
    }

    /// One of the operators, the longest that fits.
    private mutating func passOperator() -> Bool {
        let first = peek
        let isFollowedByEquals = position + 1 < end && bytes[position + 1] == UInt8(ascii: "=")
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "<"): position += isFollowedByEquals ? 2 : 1
        case UInt8(ascii: "!") where isFollowedByEquals, UInt8(ascii: "~") where isFollowedByEquals: position += 2
        default: return false
        }
        return true
    }

    /// What looks like a version with globs: letters, digits and stars, with `.`, `-` and `_` between them.
    private mutating func passVersion() -> Bool {
        let start = position
        passEpoch()
        guard passComponents() else {
            position = start
            return false
        }
        if peek == UInt8(ascii: "+") {
            position += 1
            _ = passComponents()
        }
        return true
    }

    private mutating func passEpoch() {
        var place = position
        while place < end, bytes[place].isDigit { place += 1 }
        if place > position, place < end, bytes[place] == UInt8(ascii: "!") { position = place + 1 }
    }

    private mutating func passComponents() -> Bool {
        guard peek.isVersionPiece else { return false }
        while true {
            while peek.isVersionPiece { position += 1 }
            let pieceEnd = position
            while peek.isVersionSeparator { position += 1 }
            guard !peek.isVersionPiece else { continue }
            position = pieceEnd
            while peek == UInt8(ascii: "_") || peek == UInt8(ascii: "-") { position += 1 }
            return true
        }
    }

    private mutating func skipSpace() {
        while position < end, bytes[position].isSpace { position += 1 }
    }

    private func error(_ problem: MatchSpecError.Problem, at place: Int) -> MatchSpecError {
        MatchSpecError(text: bytes.text, column: bytes.column(at: place), problem: problem)
    }
}

extension UInt8 {
    fileprivate var isVersionPiece: Bool { isAlphanumeric || self == UInt8(ascii: "*") }

    fileprivate var isVersionSeparator: Bool {
        self == UInt8(ascii: ".") || self == UInt8(ascii: "-") || self == UInt8(ascii: "_")
    }
}
