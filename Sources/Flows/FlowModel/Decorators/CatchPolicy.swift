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

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        let variable = site.text("var", &findings)
        if let variable, !Self.isAttribute(variable) {
            findings.append(site.finding("has var='\(variable)'", help: "use a name that an attribute of self can have"))
        }
        self.init(
            variable: variable.flatMap { $0.isEmpty ? nil : $0 },
            printsException: site.truth("print_exception", &findings) ?? true)
    }

    private static func isAttribute(_ text: String) -> Bool {
        guard let first = text.first else { return true }
        return (first.isLetter || first == "_") && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
