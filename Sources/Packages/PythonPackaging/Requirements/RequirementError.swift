/// Text that is no requirement by PEP 508.
public struct RequirementError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// It does not begin with a package's name.
        case expectedName
        /// Something other than names separated by commas between brackets.
        case expectedExtra
        /// Something other than a version specifier between parentheses.
        case expectedSpecifier
        /// Nothing follows `@`.
        case expectedURL
        /// The bracket or parenthesis is never closed.
        case unclosed(String)
        case badSpecifier(SpecifierError)
        case badMarker(MarkerError.Problem)
        /// Something follows that is no marker after `;`.
        case expectedEnd
    }

    /// What was read.
    public let text: String
    /// Where it went wrong, in characters from 1.
    public let column: Int
    public let problem: Problem

    public var description: String { "\(text.quoted) is not a requirement: \(reason)" }

    /// The rest of the sentence, with the column.
    private var reason: String {
        switch problem {
        case .expectedName: "expected the name of a package at column \(column)"
        case .expectedExtra: "expected names of extras with commas between them at column \(column)"
        case .expectedSpecifier: "expected a version specifier such as >=1.2 at column \(column)"
        case .expectedURL: "expected a URL after '@' at column \(column)"
        case .unclosed(let bracket): "the '\(bracket)' at column \(column) is not closed"
        case .badSpecifier(let error): "\(error) at column \(column)"
        case .badMarker(let problem): "\(problem.reason) at column \(column)"
        case .expectedEnd: "expected a version specifier, ';' and a marker, or the end at column \(column)"
        }
    }
}
