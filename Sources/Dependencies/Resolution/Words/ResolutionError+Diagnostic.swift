public import Diagnostics

extension ResolutionError: DiagnosticError {
    public var diagnostic: Diagnostic {
        switch self {
        case .noSolution(let conflict):
            Diagnostic(
                .user, conflict.headline, details: conflict.lines,
                help: conflict.hints.isEmpty
                    ? "loosen or leave out one of the requirements" : conflict.hints.joined(separator: "\n"))
        case .source(let error):
            (error as? any DiagnosticError)?.diagnostic
                ?? Diagnostic(.infrastructure, "A package index could not be read", cause: error)
        case .cancelled: Diagnostic(.infrastructure, "Resolving was cancelled")
        }
    }
}
