package import Diagnostics
import Digests
import FlowModel
import WorkerProtocol

/// A request of a task that makes no sense.
enum WorkerFault: DiagnosticError {
    case noInputs
    /// An attempt that is to go to a cluster, and whose step is not for one or which has ended.
    case notForCluster(StepName)
    case noDescriptor
    case shortPayload
    case unknownBlob(SHA256Digest)
    case storesNothing

    var diagnostic: Diagnostic {
        switch self {
        case .noInputs: Diagnostic(.bug, "a task that is not a join asked for inputs")
        case .notForCluster(let step): Diagnostic(.bug, "an attempt of step '\(step)' was to be submitted, and there is none")
        case .noDescriptor: Diagnostic(.bug, "a task announced a file and sent none")
        case .shortPayload: Diagnostic(.bug, "a task sent fewer bytes than its artifacts have")
        case .storesNothing: Diagnostic(.bug, "this job stores nothing of the kind")
        case .unknownBlob(let digest): Diagnostic(.bug, "a task asked for a blob that is not in the store: \(digest)")
        }
    }
}

/// The run's parameters could not be made: nothing of the flow has run.
package struct ParametersFailed: DiagnosticError {
    var exception: AttemptResult.RaisedException?
    var reason: String?

    package var diagnostic: Diagnostic {
        guard let exception else {
            return Diagnostic(.infrastructure, reason ?? "the parameters could not be evaluated")
        }
        // A text that is no value of its parameter is a wrong command line; a default whose function fails is not.
        return exception.usage == true
            ? Diagnostic(.usage, exception.message)
            : Diagnostic(.user, exception.message, details: exception.traceback.map { [$0] } ?? [])
    }
}

/// Any error as one sentence.
struct DiagnosticText {
    let sentence: String
    /// With details and help, a line each.
    let whole: String

    init(_ error: any Error) {
        sentence = (error as? any DiagnosticError)?.diagnostic.headline ?? "\(error)"
        guard let diagnostic = (error as? any DiagnosticError)?.diagnostic else {
            whole = sentence
            return
        }
        whole = ([diagnostic.headline] + diagnostic.details + (diagnostic.help.map { ["help: " + $0] } ?? [])).joined(separator: "\n  ")
    }
}
