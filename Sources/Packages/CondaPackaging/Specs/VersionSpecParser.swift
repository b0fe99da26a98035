extension VersionSpec {
    /// Reads a version spec.
    public init(parsing text: some StringProtocol, strictness: Strictness = .lenient) throws(VersionSpecError) {
        let outcome = text.withBytes { bytes in
            Result { () throws(VersionSpecError) in
                var parser = VersionSpecParser(bytes, strictness: strictness)
                return try parser.readWhole()
            }
        }
        self = try outcome.get()
    }
}

/// Reads a version spec from the first byte to the last (CEP 29).
struct VersionSpecParser {
    private typealias Expression = VersionSpec.Expression

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position: Int
    private let strictness: Strictness
    // What a version without an operator means where that is not left to the strictness.
    private let bareOperator: VersionClause.Operator?
    private var depth = 0

    private static let maximumDepth = 64

    /// - Parameter bareOperator: What a version without operator and glob means; `==` where lenient, an error where strict.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0, strictness: Strictness,
        bareOperator: VersionClause.Operator? = nil
    ) {
        self.bytes = bytes
        self.position = position
        self.strictness = strictness
        self.bareOperator = bareOperator
    }

    mutating func readWhole() throws(VersionSpecError) -> VersionSpec {
        let expression = try readAlternatives()
        guard isAtEnd else { throw error(.unexpected) }
        if case .any = expression { return .any }
        return VersionSpec(expression)
    }

    // MARK: Structure

    private mutating func readAlternatives() throws(VersionSpecError) -> Expression {
        let first = try readConjunction()
        guard peek == UInt8(ascii: "|") else { return first }
        var specs: [Expression] = []
        Self.add(first, to: &specs)
        while take("|") { Self.add(try readConjunction(), to: &specs) }
        return .either(specs)
    }

    private static func add(_ spec: Expression, to specs: inout [Expression]) {
        if case .either(let nested) = spec { specs += nested } else { specs.append(spec) }
    }

    private mutating func readConjunction() throws(VersionSpecError) -> Expression {
        let first = try readTerm()
        skipSpace()
        guard peek == UInt8(ascii: ",") else { return first }
        var specs: [Expression] = []
        specs.reserveCapacity(2)
        if case .all(let nested) = first { specs += nested } else { specs.append(first) }
        while take(",") {
            let term = try readTerm()
            if case .all(let nested) = term { specs += nested } else { specs.append(term) }
            skipSpace()
        }
        return .all(specs)
    }

    private mutating func readTerm() throws(VersionSpecError) -> Expression {
        skipSpace()
        switch peek {
        case UInt8(ascii: "("): return try readGroup()
        case UInt8(ascii: "*"): return try readAnything()
        case UInt8(ascii: "^"): return try readExpression()
        default: return try readClause()
        }
    }

    private mutating func readGroup() throws(VersionSpecError) -> Expression {
        let opening = position
        guard depth < Self.maximumDepth else { throw error(.tooDeep) }
        depth += 1
        defer { depth -= 1 }
        position += 1
        let spec = try readAlternatives()
        skipSpace()
        guard take(")") else { throw isAtEnd ? error(.unclosed, at: opening) : error(.unexpected) }
        return spec
    }

    private mutating func readAnything() throws(VersionSpecError) -> Expression {
        position += 1
        if peek == UInt8(ascii: "."), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "*") {
            position += 2
        }
        guard !peek.isVersionSpecPart else { throw error(.innerGlob, at: position - 1) }
        return .any
    }

    private mutating func readExpression() throws(VersionSpecError) -> Expression {
        let start = position
        while !isAtEnd {
            position += 1
            guard bytes[position - 1] == UInt8(ascii: "$"), isAtEnd || peek.endsTerm else { continue }
            do {
                return .pattern(try TextPattern(parsing: bytes.slice(start..<position).text))
            } catch {
                throw self.error(.badExpression(error.problem), at: start + error.column - 1)
            }
        }
        throw error(.unclosedExpression, at: start)
    }

    // MARK: Clauses

    private mutating func readClause() throws(VersionSpecError) -> Expression {
        let written = try readOperator()
        skipSpace()
        let start = position
        while position < bytes.count, bytes[position].isVersionSpecPart { position += 1 }
        let text = bytes.slice(start..<position)
        guard !text.isEmpty else { throw error(written == nil ? .noClause : .noVersion) }
        if text.count == 1, text[0] == UInt8(ascii: "*") { return try readGlob(after: written, at: start) }
        let (version, rest) = try readVersion(text, at: start)
        let `operator` = try meaning(of: written, version, rest, at: start)
        return .clause(VersionClause(`operator`, version))
    }

    private mutating func readOperator() throws(VersionSpecError) -> VersionClause.Operator? {
        let start = position
        while position < bytes.count, bytes[position].isOperatorPart { position += 1 }
        guard position > start else { return nil }
        let text = bytes.slice(start..<position)
        switch (text[0], text.count > 1 ? text[1] : 0, text.count) {
        case (UInt8(ascii: "="), UInt8(ascii: "="), 2): return .equal
        case (UInt8(ascii: "!"), UInt8(ascii: "="), 2): return .notEqual
        case (UInt8(ascii: "<"), UInt8(ascii: "="), 2): return .atMost
        case (UInt8(ascii: ">"), UInt8(ascii: "="), 2): return .atLeast
        case (UInt8(ascii: "<"), _, 1): return .below
        case (UInt8(ascii: ">"), _, 1): return .above
        case (UInt8(ascii: "="), _, 1): return .startsWith
        case (UInt8(ascii: "~"), UInt8(ascii: "="), 2): return .compatible
        default: throw error(.badOperator(text.text), at: start)
        }
    }

    /// An operator and nothing but `*`. Such clauses exist; where they can be given a meaning it is "any version".
    private func readGlob(
        after written: VersionClause.Operator?, at start: Int
    ) throws(VersionSpecError) -> Expression {
        switch (written, strictness) {
        case (.atLeast, .lenient), (.atMost, .lenient), (.compatible, .lenient), (.startsWith, .lenient), (.equal, .lenient):
            return .any
        default: throw error(.globAfterOperator(written?.rawValue ?? ""), at: start)
        }
    }

    /// The version that `text` begins with, and what is left of it.
    private func readVersion(
        _ text: UnsafeBufferPointer<UInt8>, at start: Int
    ) throws(VersionSpecError) -> (CondaVersion, UnsafeBufferPointer<UInt8>) {
        var reader = VersionReader(text)
        var writer = VersionKeyWriter()
        do throws(CondaVersionError.Problem) {
            try reader.read(into: &writer)
        } catch {
            let problem: VersionSpecError.Problem =
                text.contains(UInt8(ascii: "*")) ? .innerGlob : .badVersion(text.text, error)
            throw self.error(problem, at: start + reader.position)
        }
        let length = reader.position
        let version = CondaVersion(key: writer.key, spelling: text.slice(0..<length).text)
        return (version, text.slice(length..<text.count))
    }

    /// What an operator and a version mean together, with what follows the version: nothing, or globs.
    private func meaning(
        of written: VersionClause.Operator?, _ version: CondaVersion, _ rest: UnsafeBufferPointer<UInt8>, at start: Int
    ) throws(VersionSpecError) -> VersionClause.Operator {
        let isLenient = strictness == .lenient
        if rest.isEmpty {
            if let known = written ?? bareOperator { return known }
            guard isLenient else { throw error(.ambiguous(version.spelling), at: start) }
            return .equal
        }
        let isOneGlob = rest.equals("*") || rest.equals(".*")
        switch written {
        case nil where isOneGlob: return .startsWith
        // `2023.*.*`, which a channel has.
        case nil where isLenient && rest.isRepeatedGlob(dotAllowed: true): return .startsWith
        case .notEqual where isOneGlob: return .notStartsWith
        case .above? where isLenient && rest.isGlob, .atLeast? where isLenient && rest.isGlob: return .atLeast
        case .some(let known) where isLenient && rest.isGlob: return known
        case .some(let known) where isOneGlob: throw error(.globAfterOperator(known.rawValue), at: position - rest.count)
        default:
            let place = position - rest.count
            let isGlob = rest.contains(UInt8(ascii: "*"))
            throw error(isGlob ? .innerGlob : .badVersion(version.spelling + rest.text, .unexpected), at: place)
        }
    }

    // MARK: Bytes

    private var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }
    private var isAtEnd: Bool { position >= bytes.count }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position].isSpace { position += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    private func error(_ problem: VersionSpecError.Problem, at place: Int? = nil) -> VersionSpecError {
        VersionSpecError(text: bytes.text, column: bytes.column(at: place ?? position), problem: problem)
    }
}

extension UInt8 {
    /// Whether the byte can be part of a version with globs.
    fileprivate var isVersionSpecPart: Bool {
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "+"):
            true
        default: isAlphanumeric || self >= 0x80
        }
    }

    fileprivate var endsTerm: Bool {
        isSpace || self == UInt8(ascii: ",") || self == UInt8(ascii: "|") || self == UInt8(ascii: ")")
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// `*`, or `.*` any number of times.
    fileprivate var isGlob: Bool { equals("*") || isRepeatedGlob(dotAllowed: false) }

    /// `.*` once or more, perhaps with a dot after it.
    fileprivate func isRepeatedGlob(dotAllowed: Bool) -> Bool {
        let length = dotAllowed && count & 1 == 1 && last == UInt8(ascii: ".") ? count - 1 : count
        guard length > 0, length & 1 == 0 else { return false }
        return (0..<length).allSatisfy { self[$0] == ($0 & 1 == 0 ? UInt8(ascii: ".") : UInt8(ascii: "*")) }
    }
}
