/// Text that is no conda version.
public struct CondaVersionError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Error, Hashable, Sendable {
        case empty
        /// A number or letters have to stand here.
        case noComponent
        /// A number does not fit into 64 bits.
        case numberTooLarge
        /// Segments are separated by both `-` and `_`.
        case mixedDashes
        /// A character that cannot stand here.
        case unexpected
    }

    /// What was read.
    public let text: String
    /// Where it went wrong, in characters from 1.
    public let column: Int
    public let problem: Problem

    public var description: String { "\(text.quoted) is not a conda version: \(reason)" }

    private var reason: String {
        switch problem {
        case .empty: "it is empty"
        case .noComponent: "expected a number or letters at column \(column)"
        case .numberTooLarge: "the number that ends at column \(column) is larger than any version has"
        case .mixedDashes: "'-' and '_' cannot both separate its parts (column \(column))"
        case .unexpected: "column \(column) cannot be part of one"
        }
    }
}
