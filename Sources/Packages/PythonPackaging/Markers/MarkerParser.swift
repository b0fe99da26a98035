/// Reads a marker by recursive descent (PEP 508, grammar).
struct MarkerParser {
    private(set) var cursor: ByteCursor
    private var depth = 0

    /// Nobody writes this many parentheses; a stack has room for them.
    private static let maximumDepth = 100

    init(_ cursor: ByteCursor) { self.cursor = cursor }

    /// A marker and nothing after it.
    mutating func readWhole() throws(MarkerError) -> MarkerExpression {
        let expression = try readAny()
        cursor.skipBlanks()
        guard cursor.isAtEnd else { throw error(.expectedEnd) }
        return expression
    }

    /// `and`-chains with `or` between them.
    mutating func readAny() throws(MarkerError) -> MarkerExpression {
        var parts = [try readAll()]
        while takeWord("or") { parts.append(try readAll()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func readAll() throws(MarkerError) -> MarkerExpression {
        var parts = [try readAtom()]
        while takeWord("and") { parts.append(try readAtom()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        cursor.skipBlanks()
        return cursor.take(wholeWord: word)
    }

    private mutating func readAtom() throws(MarkerError) -> MarkerExpression {
        cursor.skipBlanks()
        let opening = cursor.position
        guard cursor.take("(") else { return .comparison(try readComparison()) }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw error(.tooDeep, at: opening) }
        let inner = try readAny()
        cursor.skipBlanks()
        guard cursor.take(")") else { throw error(.unclosedParenthesis) }
        return inner.asGroup
    }

    private mutating func readComparison() throws(MarkerError) -> MarkerComparison {
        let left = try readOperand()
        let `operator` = try readOperator()
        return MarkerComparison(left, `operator`, try readOperand())
    }

    private mutating func readOperand() throws(MarkerError) -> MarkerComparison.Operand {
        cursor.skipBlanks()
        if let variable = MarkerVariable.read(&cursor) { return .variable(variable) }
        let start = cursor.position
        guard cursor.take("\"") || cursor.take("'") else { throw error(.expectedValue) }
        let quote = cursor.bytes[start]
        cursor.skip { $0 != quote }
        guard !cursor.isAtEnd, let value = PythonString.value(cursor.bytes[start + 1..<cursor.position]) else {
            throw error(cursor.isAtEnd ? .expectedValue : .badString, at: start)
        }
        cursor.position += 1
        return .literal(value)
    }

    private mutating func readOperator() throws(MarkerError) -> MarkerComparison.Operator {
        if takeWord("in") { return .contained }
        if takeWord("not") {
            guard cursor.peek.isBlank, takeWord("in") else { throw error(.expectedIn) }
            return .notContained
        }
        if cursor.take("===") { return .identical }
        if cursor.take("==") { return .equal }
        if cursor.take("~=") { return .compatible }
        if cursor.take("!=") { return .notEqual }
        if cursor.take("<=") { return .atMost }
        if cursor.take(">=") { return .atLeast }
        if cursor.take("<") { return .below }
        if cursor.take(">") { return .above }
        throw error(.expectedOperator)
    }

    private func error(_ problem: MarkerError.Problem, at position: Int? = nil) -> MarkerError {
        MarkerError(
            text: String(decoding: cursor.bytes, as: UTF8.self),
            column: cursor.column(at: position ?? cursor.position), problem: problem)
    }
}
