package import Diagnostics
package import Archives
package import Digests

/// Why something could not be stored or read.
package struct DatastoreError: DiagnosticError, Equatable {
    /// The file or folder it is about.
    package var path: String
    package var fault: DatastoreFault

    package init(path: String, _ fault: DatastoreFault) {
        self.path = path
        self.fault = fault
    }

    package var diagnostic: Diagnostic {
        Diagnostic(fault.failureClass, "\(path) \(fault.predicate)", help: fault.help)
    }
}

/// What is wrong.
package enum DatastoreFault: Error, Hashable {
    /// The operating system refused; `code` is an `errno`.
    case system(operation: String, code: Int32)
    /// No such blob is stored where it should be.
    case missing(SHA256Digest)
    /// What is stored is not what was put there; the text says how it shows.
    case damaged(SHA256Digest, String)
    /// The bytes to be stored could not be compressed.
    case compression(ArchiveFault)
    /// A file to be stored has fewer bytes than was said.
    case shortInput(expected: Int64, present: Int64)
    /// The log holds something that no engine wrote, at this offset.
    case damagedLog(offset: Int64)
    /// The name of a flow or a run cannot be a file name.
    case unusableName(String)
    /// Another process writes this log.
    case inUse
    /// The blob is not here, and could not be fetched from where it is; in words.
    case unreachable(SHA256Digest, String, help: String?)

    var predicate: String {
        switch self {
        case .system(let operation, let code): "could not be used (\(operation): \(systemMessage(code)))"
        case .missing(let digest): "does not hold the blob \(digest)"
        case .damaged(let digest, let how): "is damaged: the blob \(digest) \(how)"
        case .compression(let fault): "could not be compressed (\(fault))"
        case .shortInput(let expected, let present): "holds \(present) bytes instead of \(expected)"
        case .damagedLog(let offset): "is damaged at byte \(offset)"
        case .unusableName(let name): "cannot keep a log for '\(name)': the name cannot be a file name"
        case .inUse: "is being written by another process"
        case .unreachable(let digest, let why, _):
            "does not hold the blob \(digest), and it could not be fetched: \(why)"
        }
    }

    var failureClass: FailureClass {
        switch self {
        case .system, .missing, .damaged, .damagedLog, .compression, .shortInput, .unreachable: .infrastructure
        case .unusableName, .inUse: .user
        }
    }

    var help: String? {
        switch self {
        case .system(let operation, let code): Self.help(for: code, in: operation)
        case .missing, .damaged:
            "Restore the file from a backup, or run the flow again to make the artifact anew."
        case .damagedLog: "The artifacts of the run are not affected."
        case .unusableName: "Choose a name without '/', that does not begin with a period, of at most 200 bytes."
        case .compression, .shortInput: nil
        case .unreachable(_, _, let help): help
        case .inUse: "Wait until that run has ended, or start a run of its own."
        }
    }
}
