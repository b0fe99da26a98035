import Diagnostics

/// An option before the command that lacks its value.
struct TopArgumentError: DiagnosticError {
    var option: String
    /// How it is written.
    var form: String

    var diagnostic: Diagnostic {
        Diagnostic(.usage, "option '\(option)' needs a value", help: "write \(form) before the command")
    }
}
