/// When a dependency counts (CEP 43): specs joined by `and` and `or`.
public indirect enum MatchCondition: Sendable, Hashable, CustomStringConvertible {
    /// A package that fits is installed, or is a virtual package of the target.
    case spec(MatchSpec)
    case and(MatchCondition, MatchCondition)
    case or(MatchCondition, MatchCondition)

    /// Whether it is so, given what is so of each spec.
    public func isFulfilled(_ isFulfilled: (MatchSpec) -> Bool) -> Bool {
        switch self {
        case .spec(let spec): isFulfilled(spec)
        case .and(let first, let second): first.isFulfilled(isFulfilled) && second.isFulfilled(isFulfilled)
        case .or(let first, let second): first.isFulfilled(isFulfilled) || second.isFulfilled(isFulfilled)
        }
    }

    /// Every spec in it.
    public var specs: [MatchSpec] {
        switch self {
        case .spec(let spec): [spec]
        case .and(let first, let second), .or(let first, let second): first.specs + second.specs
        }
    }

    /// The condition with parentheses where they are needed to read the same again.
    public var description: String {
        switch self {
        case .spec(let spec): spec.leafDescription
        case .and(let first, let second):
            "\(first.operand(isFirst: true, of: self)) and \(second.operand(isFirst: false, of: self))"
        case .or(let first, let second):
            "\(first.operand(isFirst: true, of: self)) or \(second.operand(isFirst: false, of: self))"
        }
    }

    private func operand(isFirst: Bool, of whole: MatchCondition) -> String {
        switch (self, whole) {
        case (.or, .and): "(\(self))"
        case (.and, .and), (.or, .or): isFirst ? description : "(\(self))"
        default: description
        }
    }
}

/// Reads a condition from the first byte to the last.
struct MatchConditionParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0
    private let strictness: Strictness

    private static let maximumDepth = 32

    /// How many specs a condition can have: each makes the tree deeper, and trees are walked on the stack.
    private static let maximumSpecCount = 256

    private var specCount = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, strictness: Strictness) {
        self.bytes = bytes
        self.strictness = strictness
    }

    /// - Throws: An error whose column counts from the condition's beginning.
    mutating func readWhole() throws(MatchSpecError) -> MatchCondition {
        let condition = try readAlternatives()
        guard position == bytes.count else { throw error(.badCondition) }
        return condition
    }

    private mutating func readAlternatives() throws(MatchSpecError) -> MatchCondition {
        guard depth < Self.maximumDepth else { throw error(.tooDeep) }
        depth += 1
        defer { depth -= 1 }
        var condition = try readConjunction()
        while take("or") { condition = .or(condition, try readConjunction()) }
        return condition
    }

    private mutating func readConjunction() throws(MatchSpecError) -> MatchCondition {
        var condition = try readTerm()
        while take("and") { condition = .and(condition, try readTerm()) }
        return condition
    }

    private mutating func readTerm() throws(MatchSpecError) -> MatchCondition {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "(") else { return .spec(try readSpec()) }
        let opening = position
        position += 1
        let condition = try readAlternatives()
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ")") else {
            throw error(.unclosed("("), at: opening)
        }
        position += 1
        skipSpace()
        return condition
    }

    /// A match spec up to `and`, `or`, a parenthesis or the end, brackets and quotes passed over as a whole.
    private mutating func readSpec() throws(MatchSpecError) -> MatchSpec {
        let start = position
        specCount += 1
        guard specCount <= Self.maximumSpecCount else { throw error(.tooDeep) }
        var brackets = 0
        var quote: UInt8?
        loop: while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\\") where quote != nil: position += 1
            case quote: quote = nil
            case _ where quote != nil: break
            case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = brackets > 0 ? byte : nil
            case UInt8(ascii: "["): brackets += 1
            case UInt8(ascii: "]"): brackets = max(0, brackets - 1)
            case UInt8(ascii: "("), UInt8(ascii: ")"): if brackets == 0 { break loop }
            default: if brackets == 0, isWord("and") || isWord("or") { break loop }
            }
            position += 1
        }
        position = min(position, bytes.count)
        let text = bytes.slice(start..<position).trimmed
        guard !text.isEmpty else { throw error(.badCondition, at: start) }
        let parser = MatchSpecParser(text, strictness: strictness, allowsCondition: false)
        do {
            return try parser.readWhole()
        } catch {
            throw MatchSpecError(
                text: bytes.text, column: bytes.column(at: start) + error.column - 1, problem: error.problem)
        }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        skipSpace()
        guard isWord(word) else { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    /// Whether `word` stands here as a word of its own.
    private func isWord(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes.slice(position..<end).equals(word) else { return false }
        return (position == 0 || bytes[position - 1].endsWord) && (end == bytes.count || bytes[end].endsWord)
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position].isSpace { position += 1 }
    }

    private func error(_ problem: MatchSpecError.Problem, at place: Int? = nil) -> MatchSpecError {
        MatchSpecError(text: bytes.text, column: bytes.column(at: place ?? position), problem: problem)
    }
}

extension UInt8 {
    fileprivate var endsWord: Bool {
        isSpace || self == UInt8(ascii: "(") || self == UInt8(ascii: ")") || self == UInt8(ascii: "]")
    }
}
