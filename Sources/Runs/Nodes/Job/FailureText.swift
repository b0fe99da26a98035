package import Diagnostics

/// A failure as the person reads it in the log of the task.
package struct FailureText: Sendable, Hashable {
    /// One sentence without a period.
    package let headline: String
    package let help: String?
    /// Everything that is known, a line each.
    package let lines: [String]

    package init(_ error: any Error) {
        guard let diagnostic = (error as? any DiagnosticError)?.diagnostic else {
            (headline, help, lines) = ("\(error)", nil, ["\(error)"])
            return
        }
        headline = diagnostic.headline
        help = diagnostic.help
        let causes = diagnostic.cause.map { FailureText($0).lines } ?? []
        lines = [diagnostic.headline] + diagnostic.details.map { "  " + $0 } + causes.map { "  " + $0 }
            + (diagnostic.help.map { ["help: " + $0] } ?? [])
    }
}
