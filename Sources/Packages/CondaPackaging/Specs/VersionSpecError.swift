/// Text that is no version spec by CEP 29.
public struct VersionSpecError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// Nothing, where a version, an operator or `*` has to stand.
        case noClause
        /// Nothing follows an operator.
        case noVersion
        case badOperator(String)
        /// What follows an operator is no version.
        case badVersion(String, CondaVersionError.Problem)
        /// `*` somewhere else than at the end.
        case innerGlob
        /// `*` behind an operator that has no meaning with it.
        case globAfterOperator(String)
        /// A version without operator, read strictly: it could mean `==` or `.*`.
        case ambiguous(String)
        /// A parenthesis is never closed.
        case unclosed
        /// A regular expression, `^…$`, never ends.
        case unclosedExpression
        case badExpression(TextPatternError.Problem)
        case tooDeep
        /// Something follows that is none of `,`, `|` and the end.
        case unexpected
    }

    /// What was read.
    public let text: String
    /// Where it went wrong, in characters from 1.
    public let column: Int
    public let problem: Problem

    public var description: String { "\(text.quoted) is not a version spec: \(reason) at column \(column)" }

    /// What is wrong, without the place.
    var reason: String {
        switch problem {
        case .noClause: "expected a version, an operator or '*'"
        case .noVersion: "expected a version after the operator"
        case .badOperator(let text): "\(text.quoted) is not one of ==, !=, <=, >=, <, >, = and ~="
        case .badVersion(let text, _): "\(text.quoted) is not a conda version"
        case .innerGlob: "'*' can only stand at the end of a version"
        case .globAfterOperator(let text): "'*' has no meaning after '\(text)'"
        case .ambiguous(let text): "'\(text)' alone can mean '==\(text)' or '\(text).*'; write one of them"
        case .unclosed: "'(' is not closed"
        case .unclosedExpression: "a regular expression ends with '$', which is missing"
        case .badExpression: "not a regular expression that is understood"
        case .tooDeep: "parentheses are nested too deep"
        case .unexpected: "expected ',', '|' or the end"
        }
    }
}
