extension Requirement {
    /// Reads a requirement.
    public init(parsing text: some StringProtocol) throws(RequirementError) {
        let outcome = text.withBytes { bytes -> Result<Requirement, RequirementError> in
            var parser = RequirementParser(ByteCursor(bytes))
            return Result { () throws(RequirementError) in try parser.readWhole() }
        }
        self = try outcome.get()
    }
}

/// Reads a requirement from the first byte to the last (PEP 508, grammar).
struct RequirementParser {
    private var cursor: ByteCursor

    init(_ cursor: ByteCursor) { self.cursor = cursor }

    mutating func readWhole() throws(RequirementError) -> Requirement {
        cursor.skipBlanks()
        let start = cursor.position
        guard let name = readIdentifier() else { throw error(.expectedName, at: start) }
        cursor.skipBlanks()
        let extras = try readExtras()
        cursor.skipBlanks()
        let source = try readSource()
        let marker = try readMarker(after: source)
        return Requirement(spelledName: name, spelledExtras: extras, source: source, marker: marker)
    }

    /// Letters and digits with `.`, `-` and `_`; it ends in none of `.` and `-`.
    private mutating func readIdentifier() -> String? {
        guard cursor.peek.isAlphanumeric else { return nil }
        let start = cursor.position
        cursor.skip { $0.isAlphanumeric || $0.isSeparator }
        guard cursor.peek < 0x80 else { return nil }
        while !cursor.bytes[cursor.position - 1].isWord { cursor.position -= 1 }
        return cursor.text(from: start)
    }

    private mutating func readExtras() throws(RequirementError) -> [String] {
        let opening = cursor.position
        guard cursor.take("[") else { return [] }
        var extras: [String] = []
        cursor.skipBlanks()
        if let first = readIdentifier() {
            extras.append(first)
            cursor.skipBlanks()
            while cursor.take(",") {
                cursor.skipBlanks()
                guard let extra = readIdentifier() else { throw error(.expectedExtra) }
                extras.append(extra)
                cursor.skipBlanks()
            }
        }
        guard cursor.take("]") else {
            throw cursor.isAtEnd ? error(.unclosed("["), at: opening) : error(.expectedExtra)
        }
        return extras
    }

    private mutating func readSource() throws(RequirementError) -> Requirement.Source {
        guard cursor.take("@") else { return .registry(try readSpecifiers()) }
        cursor.skipBlanks()
        let start = cursor.position
        cursor.skip { !$0.isBlank }
        guard cursor.position > start else { throw error(.expectedURL) }
        return .url(cursor.text(from: start))
    }

    private mutating func readSpecifiers() throws(RequirementError) -> SpecifierSet {
        let opening = cursor.position
        let isEnclosed = cursor.take("(")
        if isEnclosed { cursor.skipBlanks() }
        var specifiers: [Specifier] = []
        while cursor.peek.beginsOperator {
            specifiers += try readSpecifier()
            cursor.skipBlanks()
            guard cursor.take(",") else { break }
            cursor.skipBlanks()
        }
        guard isEnclosed else { return SpecifierSet(specifiers) }
        cursor.skipBlanks()
        guard cursor.take(")") else {
            throw cursor.isAtEnd ? error(.unclosed("("), at: opening) : error(.expectedSpecifier)
        }
        return SpecifierSet(specifiers)
    }

    /// One clause; after `===`, whose text may contain commas, possibly several.
    private mutating func readSpecifier() throws(RequirementError) -> [Specifier] {
        let start = cursor.position
        let isIdentity = cursor.take("===")
        cursor.skip(while: \.beginsOperator)
        cursor.skipSpace()
        while !cursor.isAtEnd, cursor.spaceLength == nil, !cursor.peek.endsSpecifier,
            isIdentity || cursor.peek != UInt8(ascii: ",")
        {
            cursor.position += 1
        }
        do {
            return try SpecifierSet(parsing: cursor.text(from: start)).specifiers
        } catch {
            throw self.error(.badSpecifier(error), at: start)
        }
    }

    private mutating func readMarker(after source: Requirement.Source) throws(RequirementError) -> Marker? {
        let hasBlank = cursor.peek.isBlank
        cursor.skipBlanks()
        if cursor.isAtEnd { return nil }
        var isURL = false
        if case .url = source { isURL = true }
        guard !isURL || hasBlank, cursor.take(";") else { throw error(.expectedEnd) }
        var parser = MarkerParser(cursor)
        do {
            return Marker(try parser.readWhole())
        } catch {
            throw RequirementError(text: error.text, column: error.column, problem: .badMarker(error.problem))
        }
    }

    private func error(_ problem: RequirementError.Problem, at position: Int? = nil) -> RequirementError {
        RequirementError(
            text: String(decoding: cursor.bytes, as: UTF8.self),
            column: cursor.column(at: position ?? cursor.position), problem: problem)
    }
}

extension UInt8 {
    fileprivate var beginsOperator: Bool {
        switch self {
        case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "~"): true
        default: false
        }
    }

    fileprivate var endsSpecifier: Bool { self == UInt8(ascii: ";") || self == UInt8(ascii: ")") }
}
