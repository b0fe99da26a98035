import Diagnostics

/// Conda packages are asked for, and nothing here resolves them.
struct CondaUnsupportedError: DiagnosticError {
    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "it asks for conda packages, which this version of Penstock does not resolve",
            help: "use @pypi, or run with --environment=local")
    }
}
