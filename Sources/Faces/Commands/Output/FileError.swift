import Diagnostics

/// A file that a command reads or writes.
enum FileError: DiagnosticError {
    case cannotWrite(path: String, reason: String)
    case cannotRead(path: String, reason: String)

    var diagnostic: Diagnostic {
        switch self {
        case .cannotWrite(let path, let reason):
            Diagnostic(
                .user, "cannot write \(path): \(reason)", help: "name a file in a folder that exists and may be written to")
        case .cannotRead(let path, let reason):
            Diagnostic(.user, "cannot read \(path): \(reason)", help: "name a file that exists and may be read")
        }
    }
}
