/// Reads one version from the first byte to the last (PEP 440, appendix B, which allows many spellings).
struct VersionParser {
    private var cursor: ByteCursor

    /// The version that is all of `bytes`, or `nil`.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Version? {
        var parser = VersionParser(cursor: ByteCursor(bytes))
        return parser.readVersion()
    }

    private mutating func readVersion() -> Version? {
        _ = cursor.take(anyCase: "v")
        guard var first = readNumber() else { return nil }
        var epoch: VersionNumber = 0
        if cursor.take("!") {
            epoch = first
            guard let component = readNumber() else { return nil }
            first = component
        }
        var parts = VersionParts(epoch: epoch, release: readRelease(first: first))
        parts.pre = readPre()
        parts.post = readPost()
        parts.dev = readSuffix("dev")
        guard let local = readLocal(), cursor.isAtEnd else { return nil }
        parts.local = local
        return Version(parts)
    }

    private mutating func readNumber() -> VersionNumber? {
        let start = cursor.position
        cursor.skip(while: \.isDigit)
        guard cursor.position > start else { return nil }
        return VersionNumber(digits: cursor.bytes[start..<cursor.position])
    }

    private mutating func readRelease(first: VersionNumber) -> [VersionNumber] {
        var release = [first]
        while cursor.peek == UInt8(ascii: "."), cursor.peek(after: 1).isDigit {
            cursor.position += 1
            if let component = readNumber() { release.append(component) }
        }
        return release
    }

    private mutating func skipSeparator() {
        if cursor.peek.isSeparator { cursor.position += 1 }
    }

    private mutating func readPre() -> VersionParts.Phase? {
        let start = cursor.position
        skipSeparator()
        guard let phase = readPhase() else {
            cursor.position = start
            return nil
        }
        skipSeparator()
        return .init(phase: phase, number: readNumber() ?? 0)
    }

    private mutating func readPhase() -> PreRelease.Phase? {
        // Longer words first: `alpha` begins with `a`, `preview` with `pre`.
        if cursor.take(anyCase: "alpha") || cursor.take(anyCase: "a") { return .alpha }
        if cursor.take(anyCase: "beta") || cursor.take(anyCase: "b") { return .beta }
        if cursor.take(anyCase: "preview") || cursor.take(anyCase: "pre") || cursor.take(anyCase: "rc")
            || cursor.take(anyCase: "c")
        {
            return .candidate
        }
        return nil
    }

    private mutating func readPost() -> VersionNumber? {
        if cursor.peek == UInt8(ascii: "-"), cursor.peek(after: 1).isDigit {
            cursor.position += 1
            return readNumber()
        }
        return readSuffix("post") ?? readSuffix("rev") ?? readSuffix("r")
    }

    /// A separator, `word`, a separator and a number, of which only the word is required.
    private mutating func readSuffix(_ word: StaticString) -> VersionNumber? {
        let start = cursor.position
        skipSeparator()
        guard cursor.take(anyCase: word) else {
            cursor.position = start
            return nil
        }
        skipSeparator()
        return readNumber() ?? 0
    }

    /// What follows `+`; empty without one, `nil` where it is malformed.
    private mutating func readLocal() -> [LocalSegment]? {
        guard cursor.take("+") else { return [] }
        var segments: [LocalSegment] = []
        repeat {
            let start = cursor.position
            cursor.skip(while: \.isAlphanumeric)
            guard cursor.position > start else { return nil }
            segments.append(Self.segment(cursor.bytes[start..<cursor.position]))
        } while takeSeparator()
        return segments
    }

    private mutating func takeSeparator() -> Bool {
        guard cursor.peek.isSeparator else { return false }
        cursor.position += 1
        return true
    }

    private static func segment(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence) -> LocalSegment {
        if bytes.allSatisfy(\.isDigit) { return .number(VersionNumber(digits: bytes)) }
        return .text(String(decoding: bytes.map(\.lowercased), as: UTF8.self))
    }
}
