import Digests

extension MatchSpec {
    /// Reads a match spec.
    public init(parsing text: some StringProtocol, strictness: Strictness = .lenient) throws(MatchSpecError) {
        let outcome = text.withBytes { bytes in
            Result { () throws(MatchSpecError) in try MatchSpec(utf8: bytes, strictness: strictness) }
        }
        self = try outcome.get()
    }

    /// Reads a match spec where its bytes lie, as a candidate gives its dependencies.
    package init(utf8 bytes: UnsafeBufferPointer<UInt8>, strictness: Strictness = .lenient) throws(MatchSpecError) {
        self = try MatchSpecParser(bytes, strictness: strictness).readWhole()
    }

    /// The name that the text of a spec begins with, as it is written; nothing else is looked at.
    public static func name(in text: some StringProtocol) -> Substring {
        let text = Substring(text)
        let start = text.utf8.firstIndex { !$0.isSpace } ?? text.endIndex
        let end = text.utf8[start...].firstIndex { $0.endsName || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: ";") }
        return text[start..<(end ?? text.endIndex)]
    }
}

extension MatchSpec: CodedAsText {
    public init(decoding text: String) throws { try self.init(parsing: text) }
}

/// Reads a match spec from the first byte to the last: `channel/subdir:namespace:name version build[key=value]`.
struct MatchSpecParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let strictness: Strictness
    private let allowsCondition: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>, strictness: Strictness, allowsCondition: Bool = true) {
        self.bytes = bytes
        self.strictness = strictness
        self.allowsCondition = allowsCondition
    }

    func readWhole() throws(MatchSpecError) -> MatchSpec {
        let (start, end) = trimmed(0, bytes.count)
        if isPlain { return try readNameVersionBuild(start..<end) }
        return try readWithFields()
    }

    /// Whether there are no brackets, comments, channels and the like. Hardly any spec in a channel has them.
    private var isPlain: Bool {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "/"):
                return false
            default: break
            }
        }
        return true
    }

    private func readWithFields() throws(MatchSpecError) -> MatchSpec {
        let layout = try MatchSpecLayout(bytes)
        // What stands before the brackets.
        let (start, end) = trimmed(0, layout.bracketStart ?? layout.end)
        var fields = MatchFields(strictness: strictness)
        try readFields(layout, into: &fields)
        if let url = try urlSpec(start..<end, fields) { return url }
        let nameStart = try readPrefix(start..<end, into: &fields)
        var spec = try readNameVersionBuild(nameStart..<end, version: fields.version, build: fields.build)
        spec.details = fields.details
        return spec
    }

    private func readFields(_ layout: MatchSpecLayout, into fields: inout MatchFields) throws(MatchSpecError) {
        guard let opening = layout.bracketStart else { return }
        var reader = MatchFieldReader(bytes, layout.bracketContent(opening))
        while let field = try reader.next() {
            guard allowsCondition || !field.key.equals("when") else { throw error(.nestedCondition, at: field.keyStart) }
            try fields.set(field, in: bytes)
        }
    }

    private func trimmed(_ start: Int, _ end: Int) -> (Int, Int) {
        var (start, end) = (start, end)
        while start < end, bytes[start].isSpace { start += 1 }
        while end > start, bytes[end - 1].isSpace { end -= 1 }
        return (start, end)
    }

    func error(_ problem: MatchSpecError.Problem, at place: Int) -> MatchSpecError {
        MatchSpecError(text: bytes.text, column: bytes.column(at: place), problem: problem)
    }
}

// MARK: - Archives

extension MatchSpecParser {
    /// The spec of a URL or an absolute path: the archive itself, with the name that the file name tells.
    ///
    /// What else the file name says is not asked for, since nothing has to be so in the archive. A hash may follow, as
    /// in the explicit lists of conda: `…/a-1-0.conda#` and an MD5 or SHA-256.
    private func urlSpec(_ range: Range<Int>, _ fields: MatchFields) throws(MatchSpecError) -> MatchSpec? {
        guard let first = range.first, bytes[first] == UInt8(ascii: "/") || hasScheme(range) else { return nil }
        // `https://host/channel::name` names a channel.
        guard !bytes.slice(range).contains(doubled: UInt8(ascii: ":")) else { return nil }
        let text = bytes.slice(range).text
        let (url, hash) = Self.splitHash(text)
        let fileName = URLText.lastPart(of: url)
        guard let archive = try? ArchiveName(parsing: fileName) else {
            throw error(.badArchiveName(String(fileName)), at: range.lowerBound)
        }
        var details = fields.details
        details.url = bytes[first] == UInt8(ascii: "/") ? URLText.file(url) : url
        if let hash {
            details.md5 = MD5Digest(hex: hash) ?? details.md5
            details.sha256 = SHA256Digest(hex: hash.hasPrefix("sha256:") ? hash.dropFirst(7) : hash) ?? details.sha256
        }
        var spec = MatchSpec(.exact(archive.name), version: fields.version, build: fields.build)
        spec.details = details
        return spec
    }

    private func hasScheme(_ range: Range<Int>) -> Bool {
        // `channel::name` and the like are far more common, and no URL has a colon that early and no slash after it.
        guard let colon = bytes[range].firstIndex(of: UInt8(ascii: ":")), colon + 1 < range.upperBound,
            bytes[colon + 1] == UInt8(ascii: "/")
        else { return false }
        return URLText.hasScheme(bytes.slice(range).text)
    }

    private static func splitHash(_ text: String) -> (url: String, hash: Substring?) {
        guard let mark = text.utf8.lastIndex(of: UInt8(ascii: "#")) else { return (text, nil) }
        return (String(text[..<mark]), text[text.utf8.index(after: mark)...])
    }
}

// MARK: - Channel and namespace

extension MatchSpecParser {
    /// Reads `channel/subdir:namespace:`; the place where the name begins.
    private func readPrefix(_ range: Range<Int>, into fields: inout MatchFields) throws(MatchSpecError) -> Int {
        guard let last = bytes[range].lastIndex(of: UInt8(ascii: ":")) else { return range.lowerBound }
        let before = range.lowerBound..<last
        let first = bytes[before].lastIndex(of: UInt8(ascii: ":"))
        let namespace = bytes.slice((first.map { $0 + 1 } ?? range.lowerBound)..<last).trimmed
        if !namespace.isEmpty, fields.details.namespace == nil { fields.details.namespace = namespace.text }
        if let first {
            let channel = bytes.slice(range.lowerBound..<first).trimmed
            if !channel.isEmpty { try fields.set(channel: channel, at: range.lowerBound, in: bytes) }
        }
        return last + 1
    }
}

// MARK: - Name, version and build

extension MatchSpecParser {
    /// - Parameters:
    ///   - givenVersion: The version between brackets, which counts more (CEP 29).
    ///   - givenBuild: The build between brackets.
    private func readNameVersionBuild(
        _ range: Range<Int>, version givenVersion: VersionSpec? = nil, build givenBuild: TextPattern? = nil
    ) throws(MatchSpecError) -> MatchSpec {
        let (start, end) = trimmed(range.lowerBound, range.upperBound)
        let nameEnd = endOfName(start..<end)
        guard nameEnd > start else { throw error(.noName, at: start) }
        let name = try readName(start..<nameEnd)
        let (versionStart, _) = trimmed(nameEnd, end)
        guard versionStart < end else { return MatchSpec(name, version: givenVersion, build: givenBuild) }
        let split = try VersionAndBuild(bytes, versionStart..<end, strictness: strictness)
        let version = try split.readVersion(bytes, strictness: strictness)
        try refuseRepetition(of: "version", givenVersion != nil, at: versionStart)
        guard let buildRange = split.build else {
            return MatchSpec(name, version: givenVersion ?? version, build: givenBuild)
        }
        let build = try readBuild(buildRange)
        try refuseRepetition(of: "build", givenBuild != nil, at: buildRange.lowerBound)
        return MatchSpec(name, version: givenVersion ?? version, build: givenBuild ?? build)
    }

    private func refuseRepetition(of field: String, _ isRepeated: Bool, at place: Int) throws(MatchSpecError) {
        if isRepeated, strictness == .strict { throw error(.repeatedField(field), at: place) }
    }

    private func endOfName(_ range: Range<Int>) -> Int {
        if range.lowerBound < range.upperBound, bytes[range.lowerBound] == UInt8(ascii: "^") {
            // A regular expression can contain anything; it ends at the first `$` that something else follows.
            for place in range where bytes[place] == UInt8(ascii: "$") {
                if place + 1 == range.upperBound || bytes[place + 1].endsName { return place + 1 }
            }
        }
        for place in range where bytes[place].endsName { return place }
        return range.upperBound
    }

    private func readName(_ range: Range<Int>) throws(MatchSpecError) -> NamePattern {
        let text = bytes.slice(range)
        if let name = CondaName(utf8: text) { return .exact(name) }
        guard text.contains(UInt8(ascii: "*")) || text[0] == UInt8(ascii: "^") else {
            throw error(.badName(text.text), at: range.lowerBound)
        }
        do {
            let pattern = try TextPattern(parsing: text.text)
            let isGlobOfName = text.allSatisfy { $0.isCondaNamePart || $0 == UInt8(ascii: "*") }
            guard isGlobOfName || pattern.isExpression else { throw error(.badName(text.text), at: range.lowerBound) }
            return .pattern(pattern)
        } catch let problem as TextPatternError {
            throw error(.badNamePattern(problem.problem), at: range.lowerBound + problem.column - 1)
        } catch let problem as MatchSpecError {
            throw problem
        } catch {
            throw self.error(.badName(text.text), at: range.lowerBound)
        }
    }

    private func readBuild(_ range: Range<Int>) throws(MatchSpecError) -> TextPattern {
        let text = bytes.slice(range)
        if strictness == .strict, !text.allSatisfy(\.isStrictBuildPart) {
            throw error(.badBuild(text.text), at: range.lowerBound)
        }
        do {
            return try TextPattern(parsing: text.text)
        } catch {
            throw self.error(.badBuildPattern(error.problem), at: range.lowerBound + error.column - 1)
        }
    }
}

extension TextPattern {
    fileprivate var isExpression: Bool {
        if case .expression = kind { return true }
        return false
    }
}

extension UInt8 {
    /// Whether a name ends before the byte: white space, or the beginning of an operator.
    var endsName: Bool { isSpace || isOperatorPart }

    fileprivate var isStrictBuildPart: Bool {
        isAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: "*")
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func contains(doubled byte: UInt8) -> Bool {
        guard count > 1 else { return false }
        return (1..<count).contains { self[$0] == byte && self[$0 - 1] == byte }
    }
}
