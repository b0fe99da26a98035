import Datastore
import Diagnostics

/// A request that makes no sense.
enum ClientFault: DiagnosticError {
    case wrongDepth([String])
    case unknownStream
    case unknownDirection

    var diagnostic: Diagnostic {
        switch self {
        case .wrongDepth(let path):
            Diagnostic(.user, "'\(path.joined(separator: "/"))' is not a path of the depth that was asked for")
        case .unknownDirection: Diagnostic(.user, "neighbours are looked for in the direction in or out")
        case .unknownStream: Diagnostic(.user, "a log's stream is stdout or stderr")
        }
    }
}

extension LogStream {
    init?(name: String) {
        switch name {
        case "stdout": self = .stdout
        case "stderr": self = .stderr
        default: return nil
        }
    }
}
