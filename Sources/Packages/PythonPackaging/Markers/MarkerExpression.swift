/// The structure of a marker. `and` binds tighter than `or`; parentheses that were written are kept.
indirect enum MarkerExpression: Sendable, Hashable {
    case comparison(MarkerComparison)
    /// Two or more that all have to be true.
    case all([MarkerExpression])
    /// Two or more of which one has to be true.
    case any([MarkerExpression])
    /// An `all` or `any` in parentheses.
    case group(MarkerExpression)

    /// The expression as an operand: in parentheses unless it is a single comparison.
    var asGroup: MarkerExpression {
        switch self {
        case .comparison, .group: self
        case .all, .any: .group(self)
        }
    }

    /// All comparisons, from left to right.
    var comparisons: [MarkerComparison] {
        switch self {
        case .comparison(let comparison): [comparison]
        case .all(let parts), .any(let parts): parts.flatMap(\.comparisons)
        case .group(let inner): inner.comparisons
        }
    }

    func text(isOutermost: Bool) -> String {
        switch self {
        case .comparison(let comparison): return comparison.description
        case .all(let parts): return parts.map { $0.text(isOutermost: false) }.joined(separator: " and ")
        case .any(let parts): return parts.map { $0.text(isOutermost: false) }.joined(separator: " or ")
        case .group(let inner):
            let text = inner.text(isOutermost: isOutermost)
            return isOutermost ? text : "(\(text))"
        }
    }
}

/// One comparison of a marker.
struct MarkerComparison: Sendable, Hashable {
    enum Operand: Sendable, Hashable {
        case variable(MarkerVariable)
        case literal(String)
    }

    enum Operator: String, Sendable, Hashable {
        case contained = "in"
        case notContained = "not in"
        case compatible = "~="
        case equal = "=="
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case below = "<"
        case above = ">"
        case identical = "==="
    }

    var left: Operand
    var `operator`: Operator
    var right: Operand

    /// - Note: Names of extras and groups are normalised here, so that text and evaluation agree (PEP 685).
    init(_ left: Operand, _ operator: Operator, _ right: Operand) {
        self.left = left
        self.operator = `operator`
        self.right = right
        if case .variable(.extra) = left, case .literal(let name) = right {
            self.right = .literal(NameText.normalized(name))
        }
        if case .variable(let variable) = right, variable.isAboutSelection, case .literal(let name) = left {
            self.left = .literal(NameText.normalized(name))
        }
    }

    var variables: [MarkerVariable] {
        [left, right].compactMap { if case .variable(let variable) = $0 { variable } else { nil } }
    }
}

extension MarkerComparison: CustomStringConvertible {
    var description: String { "\(left.text) \(`operator`.rawValue) \(right.text)" }
}

extension MarkerComparison.Operand {
    fileprivate var text: String {
        switch self {
        case .variable(let variable): variable.rawValue
        case .literal(let value): PythonString.literal(value)
        }
    }
}
