/// Whose failure it is. Exit codes and retries follow from it.
public enum FailureClass: Sendable, Hashable {
    /// What the person wrote or asked for cannot be done.
    case user
    /// The command line itself is wrong.
    case usage
    /// A network, disk, or other machinery outside of Penstock failed; trying again may help.
    case infrastructure
    /// Penstock contradicts itself.
    case bug

    /// The exit code of a command that ends with such a failure.
    public var exitCode: Int32 {
        switch self {
        case .usage: 2
        case .user, .infrastructure, .bug: 1
        }
    }
}

/// One failure as it is told to a person: what, where, why, and what to do next.
public struct Diagnostic: Sendable {
    public var failure: FailureClass
    /// One sentence without a trailing period: what is wrong.
    public var headline: String
    /// The file it is about, as the person knows it.
    public var file: String?
    /// The line in `file`, counted from 1.
    public var line: Int?
    /// Further lines, shown indented below the headline.
    public var details: [String]
    /// The failure below this one.
    public var cause: (any Error)?
    /// What to type or change next.
    public var help: String?

    public init(
        _ failure: FailureClass, _ headline: String, file: String? = nil, line: Int? = nil,
        details: [String] = [], cause: (any Error)? = nil, help: String? = nil
    ) {
        self.failure = failure
        self.headline = headline
        self.file = file
        self.line = line
        self.details = details
        self.cause = cause
        self.help = help
    }
}

/// An error that can tell itself to a person.
public protocol DiagnosticError: Error, Sendable {
    var diagnostic: Diagnostic { get }
}
