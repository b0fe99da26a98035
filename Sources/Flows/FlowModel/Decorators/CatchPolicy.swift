/// What becomes of an exception that no attempt is left for: `@catch`.
package struct CatchPolicy: Hashable, Sendable {
    /// Attempts after the last one of the person's code, for when no exception could be caught since the process died.
    package static let fallbackRetries = 3

    /// The artifact that takes the exception.
    package let variable: String?
    package let printsException: Bool

    package init(variable: String? = nil, printsException: Bool = true) {
        self.variable = variable
        self.printsException = printsException
    }
}
