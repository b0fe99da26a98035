import Diagnostics

/// Channels have no Python that suits, or it could not be had from them.
struct ChannelPythonError: DiagnosticError {
    /// By their names.
    let channels: [String]
    /// What names them.
    let origin: String
    let cause: any Error

    var diagnostic: Diagnostic {
        var diagnostic = (cause as? any DiagnosticError)?.diagnostic ?? Diagnostic(.infrastructure, "\(cause)")
        diagnostic.details.append("asked for of conda (\(channels.joined(separator: ", ")); named by \(origin))")
        return diagnostic
    }
}
