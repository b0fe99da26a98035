package import Diagnostics

/// Why the ledger could not be used.
package struct LedgerError: DiagnosticError {
    /// The ledger's file.
    package var path: String
    package var fault: LedgerFault

    package init(path: String, _ fault: LedgerFault) {
        self.path = path
        self.fault = fault
    }

    package var diagnostic: Diagnostic {
        Diagnostic(fault.failureClass, "the run ledger \(path) \(fault.predicate)", help: fault.help)
    }
}

/// What is wrong with the ledger.
package enum LedgerFault: Error, Hashable, Sendable {
    /// A newer engine has changed its tables.
    case newer(format: Int, known: Int)
    /// There is none, and none is made for reading.
    case missing
    /// It is no ledger, or its pages contradict each other.
    case damaged(String)
    /// Another process kept it locked for too long.
    case busy
    /// SQLite refused, for instance since the disk is full.
    case system(String)
    /// An entry speaks of a run that was not begun.
    case unknownRun(String)

    var predicate: String {
        switch self {
        case .newer(let format, let known):
            "was written by a newer Penstock (its format is \(format), this one knows \(known))"
        case .missing: "does not exist"
        case .damaged(let how): "is damaged (\(how))"
        case .busy: "is locked by another process"
        case .system(let message): "could not be used (\(message))"
        case .unknownRun(let run): "knows no run \(run)"
        }
    }

    var failureClass: FailureClass {
        switch self {
        case .newer, .missing: .user
        case .damaged, .busy, .system: .infrastructure
        case .unknownRun: .bug
        }
    }

    var help: String? {
        switch self {
        case .newer: "Update Penstock, or name another folder with PENSTOCK_ROOT."
        case .missing: "Run a flow first, or name the folder of its runs with PENSTOCK_ROOT."
        case .damaged:
            "Restore it from a backup, or move the folder away to begin anew; the blobs beside it are not affected."
        case .busy: "Try again; if no Penstock is running, look for another program that has the file open."
        case .system: "Look at the free space and the permissions of that folder."
        case .unknownRun: nil
        }
    }
}
