public import Diagnostics

extension ResolutionError: DiagnosticError {
    public var diagnostic: Diagnostic {
        switch self {
        case .noSolution(let conflict): conflict.diagnostic
        case .source(let error):
            (error as? any DiagnosticError)?.diagnostic
                ?? Diagnostic(.infrastructure, "A package index could not be read", cause: error)
        case .cancelled: Diagnostic(.infrastructure, "Resolving was cancelled")
        }
    }
}

extension ResolutionConflict {
    /// The conflict as it is told to a person.
    var diagnostic: Diagnostic {
        Diagnostic(
            .user, headline, file: place?.file, line: place?.line, details: lines,
            help: hints.isEmpty ? nil : hints.joined(separator: "\n"))
    }
}
