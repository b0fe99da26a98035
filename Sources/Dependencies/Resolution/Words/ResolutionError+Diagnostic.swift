public import Diagnostics

extension ResolutionError: DiagnosticError {
    public var diagnostic: Diagnostic {
        switch self {
        case .noSolution(let conflict):
            Diagnostic(
                .user, conflict.headline, file: conflict.place?.file, line: conflict.place?.line,
                details: conflict.lines,
                help: conflict.hints.isEmpty ? nil : conflict.hints.joined(separator: "\n"))
        case .source(let error):
            (error as? any DiagnosticError)?.diagnostic
                ?? Diagnostic(.infrastructure, "A package index could not be read", cause: error)
        case .cancelled: Diagnostic(.infrastructure, "Resolving was cancelled")
        }
    }
}
