package import Diagnostics

/// Why a remote datastore and this project cannot come together.
package struct RemoteError: DiagnosticError {
    /// The object, or the whole remote.
    package var place: String
    package var fault: RemoteFault

    package init(_ place: String, _ fault: RemoteFault) {
        self.place = place
        self.fault = fault
    }

    package var diagnostic: Diagnostic {
        switch fault {
        case .notARecord:
            Diagnostic(
                .infrastructure, "\(place) is not a record of a run, or is damaged",
                help: "restore it from a version that the store keeps, or remove it: what it told is lost then")
        case .newer(let format):
            Diagnostic(
                .user,
                "\(place) was written by a newer Penstock (its format is \(format), this one knows \(RecordObject.format))",
                help: "update Penstock")
        case .wrongPlace:
            Diagnostic(
                .infrastructure, "\(place) tells of another run than its name says",
                help: "somebody has moved it; put it back, or remove it")
        case .lost(let digest):
            Diagnostic(
                .infrastructure, "the blob \(digest) is neither here nor in \(place)",
                help: "penstock datastore verify lists what is missing")
        }
    }
}

/// What is wrong.
package enum RemoteFault: Error, Hashable, Sendable {
    /// No record, or a damaged one.
    case notARecord
    /// A record of a later format.
    case newer(Int)
    /// The header of a record speaks of another run.
    case wrongPlace
    /// A blob that a record would mention is nowhere.
    case lost(String)
}
