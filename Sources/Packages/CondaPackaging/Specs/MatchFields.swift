import Digests

/// The fields of a match spec as they are read, from between brackets and from before the name.
struct MatchFields {
    let strictness: Strictness
    var version: VersionSpec?
    var build: TextPattern?
    var details = MatchDetails()
    private var seen: [String] = []

    init(strictness: Strictness) { self.strictness = strictness }

    mutating func set(
        _ field: MatchFieldReader.Field, in bytes: UnsafeBufferPointer<UInt8>
    ) throws(MatchSpecError) {
        let value = MatchFieldValue(field, in: bytes)
        let key = field.key.text
        if strictness == .strict {
            guard !seen.contains(key) else { throw value.error(.repeatedField(key), at: field.keyStart) }
            seen.append(key)
        }
        switch key {
        case "version": version = try value.version(strictness)
        case "build": build = try value.pattern()
        case "build_number": details.buildNumber = try value.buildNumber()
        case "channel": try value.withText { text throws(MatchSpecError) in try set(channel: text, at: value.start, in: bytes) }
        case "subdir": details.subdir = try value.pattern()
        case "namespace": details.namespace = value.text
        case "fn": details.fileName = try value.pattern()
        case "url": details.url = try value.url()
        case "md5": details.md5 = try value.digest(MD5Digest.init(hexDigits:))
        case "sha256": details.sha256 = try value.digest(SHA256Digest.init(hexDigits:))
        case "license": details.license = try value.pattern()
        case "license_family": details.licenseFamily = try value.pattern()
        case "track_features": details.trackFeatures = value.words
        case "flags": details.flags = try value.flags()
        case "extras": details.extras = try value.extras()
        case "when": details.condition = try value.condition(strictness)
        // The name stands before the brackets; one between them is without effect (CEP 29).
        case "name": break
        default: throw value.error(.unknownField(key), at: field.keyStart)
        }
    }

    /// A channel, which may end in a platform: `conda-forge/linux-64` or `conda-forge[linux-64]`. What was set before counts.
    mutating func set(
        channel text: UnsafeBufferPointer<UInt8>, at place: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) throws(MatchSpecError) {
        let (channel, subdir) = Self.split(text)
        if details.channel == nil, !(channel.equals("*") && subdir != nil) {
            do {
                details.channel = try ChannelReference(parsing: channel.text)
            } catch {
                throw MatchSpecError(text: bytes.text, column: bytes.column(at: place), problem: .badChannel(channel.text))
            }
        }
        if details.subdir == nil, let subdir { details.subdir = TextPattern(exactly: subdir.text) }
    }

    private static func split(
        _ text: UnsafeBufferPointer<UInt8>
    ) -> (channel: UnsafeBufferPointer<UInt8>, subdir: UnsafeBufferPointer<UInt8>?) {
        var text = text
        while text.count > 1, text.last == UInt8(ascii: "/") { text = text.slice(0..<text.count - 1) }
        if text.last == UInt8(ascii: "]"), let opening = text.lastIndex(of: UInt8(ascii: "[")) {
            let subdir = text.slice(opening + 1..<text.count - 1).trimmed
            if Subdir.isSubdir(subdir) { return (text.slice(0..<opening), subdir) }
        }
        if let slash = text.lastIndex(of: UInt8(ascii: "/")) {
            let subdir = text.slice(slash + 1..<text.count)
            if Subdir.known.contains(where: { $0.description == subdir.text }) { return (text.slice(0..<slash), subdir) }
        }
        return (text, nil)
    }
}

/// What one field is given, and the ways to read it.
private struct MatchFieldValue {
    private let whole: UnsafeBufferPointer<UInt8>
    let start: Int
    let bytes: UnsafeBufferPointer<UInt8>
    /// The value, escapes taken off.
    let text: String
    private let key: String

    init(_ field: MatchFieldReader.Field, in whole: UnsafeBufferPointer<UInt8>) {
        self.whole = whole
        start = field.value.lowerBound
        bytes = whole.slice(field.value)
        key = field.key.text
        text = field.isQuoted ? Self.unescaped(bytes) : bytes.text
    }

    /// A backslash before a quote or another backslash is taken off; any other stands for itself.
    private static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return bytes.text }
        var kept: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let next = place + 1 < bytes.count ? bytes[place + 1] : 0
            let isEscape = next == UInt8(ascii: "'") || next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
            if bytes[place] == UInt8(ascii: "\\"), isEscape { place += 1 }
            kept.append(bytes[place])
            place += 1
        }
        return String(decoding: kept, as: UTF8.self)
    }

    func error(_ problem: MatchSpecError.Problem, at place: Int? = nil) -> MatchSpecError {
        MatchSpecError(text: whole.text, column: whole.column(at: place ?? start), problem: problem)
    }

    /// Calls `body` with the bytes of the text, escapes taken off.
    func withText(_ body: (UnsafeBufferPointer<UInt8>) throws(MatchSpecError) -> Void) throws(MatchSpecError) {
        let outcome = text.withBytes { bytes in Result { () throws(MatchSpecError) in try body(bytes) } }
        try outcome.get()
    }

    func version(_ strictness: Strictness) throws(MatchSpecError) -> VersionSpec {
        do {
            return try VersionSpec(parsing: text, strictness: strictness)
        } catch {
            throw self.error(.badVersion(error.problem), at: start + error.column - 1)
        }
    }

    func pattern() throws(MatchSpecError) -> TextPattern {
        do {
            return try TextPattern(parsing: text)
        } catch {
            throw self.error(.badBuildPattern(error.problem), at: start + error.column - 1)
        }
    }

    func buildNumber() throws(MatchSpecError) -> BuildNumberSpec {
        guard let spec = BuildNumberSpec(parsing: text) else { throw error(.badBuildNumber(text)) }
        return spec
    }

    func digest<Digest>(_ read: (UnsafeBufferPointer<UInt8>) -> Digest?) throws(MatchSpecError) -> Digest {
        guard let digest = read(bytes) else { throw error(.badDigest(field: key)) }
        return digest
    }

    func url() throws(MatchSpecError) -> String {
        if URLText.hasScheme(text) { return text }
        guard text.hasPrefix("/") else { throw error(.badURL(text)) }
        return URLText.file(text)
    }

    /// Words with commas or spaces between them.
    var words: [String] {
        text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// The items of a list, `[a, "b"]`, or the value as the only one.
    private var items: [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { item in
            var item = Substring(item).utf8.drop(while: \.isSpace)
            while let last = item.last, last.isSpace { item.removeLast() }
            if item.count > 1, let first = item.first, first == item.last,
                first == UInt8(ascii: "'") || first == UInt8(ascii: "\"")
            {
                item = item.dropFirst().dropLast()
            }
            return String(decoding: item, as: UTF8.self)
        }
    }

    /// Names of groups by CEP 44.
    func extras() throws(MatchSpecError) -> [String] {
        let items = items
        for item in items {
            let isValid = (1...64).contains(item.utf8.count) && item.utf8.allSatisfy(\.isGroupNamePart)
            guard isValid else { throw error(.badExtra(item)) }
        }
        return items
    }

    /// Flags by CEP 45, in which `*` is a glob.
    func flags() throws(MatchSpecError) -> [TextPattern] {
        var flags: [TextPattern] = []
        for item in items {
            let halves = item.split(separator: ":", omittingEmptySubsequences: false)
            guard halves.count <= 2, halves.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isFlagPart) }),
                let pattern = try? TextPattern(parsing: item)
            else { throw error(.badFlag(item)) }
            flags.append(pattern)
        }
        return flags
    }

    func condition(_ strictness: Strictness) throws(MatchSpecError) -> MatchCondition {
        let outcome = text.withBytes { bytes in
            Result { () throws(MatchSpecError) in
                var parser = MatchConditionParser(bytes, strictness: strictness)
                return try parser.readWhole()
            }
        }
        do {
            return try outcome.get()
        } catch {
            throw self.error(error.problem, at: start + error.column - 1)
        }
    }
}

extension UInt8 {
    private var isLowercaseAlphanumeric: Bool { isAlphanumeric && lowercased == self }

    fileprivate var isGroupNamePart: Bool {
        isLowercaseAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
            || self == UInt8(ascii: "+")
    }

    fileprivate var isFlagPart: Bool {
        isLowercaseAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: "*")
    }
}
