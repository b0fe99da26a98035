package import Diagnostics
import FoundationEssentials
import WorkerProtocol

/// Something that the process of a task said and that makes no sense.
enum TaskFault: DiagnosticError {
    case noDescriptor
    case shortPayload

    var diagnostic: Diagnostic {
        switch self {
        case .noDescriptor: Diagnostic(.bug, "a task announced a file and sent none")
        case .shortPayload: Diagnostic(.bug, "a task announced more bytes than it sent")
        }
    }
}

/// What a task has made, here or in the datastore.
enum KeptContent {
    case bytes(Data)
    case stored(AttemptReport.Content)
}

/// A card, or what one shows while the task runs.
struct KeptCard {
    var item: CardItem
    var isData: Bool
    var content: KeptContent
}
