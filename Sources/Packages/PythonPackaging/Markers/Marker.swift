/// A condition on the environment that a requirement is for (PEP 508, environment markers):
/// `python_version < "3.11" and sys_platform == "linux"`.
public struct Marker: Sendable {
    let expression: MarkerExpression

    init(_ expression: MarkerExpression) { self.expression = expression }

    /// Whether the marker mentions `extra`, `extras` or `dependency_groups`, that is, depends on more than the environment.
    public var mentionsExtras: Bool {
        expression.comparisons.contains { $0.variables.contains(where: \.isAboutSelection) }
    }

    /// A marker that is true where this one and `other` are.
    public func and(_ other: Marker) -> Marker {
        Marker(.all([expression.asGroup, other.expression.asGroup]))
    }
}

extension Marker: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.description == right.description }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension Marker: TextCoded {
    /// Reads a marker. Parentheses may nest 100 deep.
    public init(parsing text: some StringProtocol) throws(MarkerError) {
        let outcome = text.withBytes { bytes -> Result<MarkerExpression, MarkerError> in
            var parser = MarkerParser(ByteCursor(bytes))
            return Result { () throws(MarkerError) in try parser.readWhole() }
        }
        expression = try outcome.get()
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }

    /// The canonical text: names with `_`, values in double quotes, single spaces.
    public var description: String { expression.text(isOutermost: true) }
}

/// Text that is no marker by PEP 508.
public struct MarkerError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// Neither a variable nor a quoted string where one has to stand.
        case expectedValue
        /// None of the operators where one has to stand.
        case expectedOperator
        /// `not` that is not followed by `in`.
        case expectedIn
        case unclosedParenthesis
        /// The quoted string contains an escape or a character that no Python string literal has.
        case badString
        /// Something follows the marker.
        case expectedEnd
        /// More parentheses within each other than are followed.
        case tooDeep
    }

    /// What was read.
    public let text: String
    /// Where it went wrong, in characters from 1.
    public let column: Int
    public let problem: Problem

    public var description: String { "\(text.quoted) is not a marker: \(problem.reason) at column \(column)" }
}

extension MarkerError.Problem {
    var reason: String {
        switch self {
        case .expectedValue: "expected a variable such as python_version, or a quoted string,"
        case .expectedOperator: "expected one of <=, <, !=, ==, >=, >, ~=, ===, in, not in"
        case .expectedIn: "expected 'in' after 'not'"
        case .unclosedParenthesis: "the parenthesis is not closed that was opened"
        case .badString: "the quoted string is malformed"
        case .expectedEnd: "expected 'and', 'or' or the end"
        case .tooDeep: "parentheses are nested too deeply"
        }
    }
}
