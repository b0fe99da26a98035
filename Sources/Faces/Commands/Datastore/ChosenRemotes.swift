import Datastore
import Diagnostics
import Ledger
import Remotes
import SystemPackage

/// The remote datastores that a command is about.
struct ChosenRemotes {
    let addresses: [RemoteAddress]

    /// The one that was typed or that settings name; else all that the project has ever had to do with.
    init(_ typed: String?, _ place: RecordArguments, in session: StandaloneSession) throws {
        if let typed {
            addresses = [try RemoteAddress(parsing: typed)]
        } else if let chosen = try place.remoteAddress(in: session) {
            addresses = [chosen]
        } else {
            guard let records = try RunRecords.existing(at: place.location(session.environment)) else {
                throw RecordError.nothingRecorded(place.location(session.environment).root.string)
            }
            addresses = try records.ledger.remotes().map { try RemoteAddress(parsing: $0.address) }
        }
    }

    /// The records of the project, each with one of the remotes.
    func records(at place: RecordArguments, in session: StandaloneSession) throws -> [RunRecords] {
        let location = place.location(session.environment)
        guard location.exists else { throw RecordError.nothingRecorded(location.root.string) }
        return try addresses.map { address in
            try RunRecords(location, remote: try RemoteStore(opening: address, environment: session.environment))
        }
    }
}

/// A command about remote datastores, where there is none.
struct NoRemote: DiagnosticError {
    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "this project has no remote datastore",
            help: "name one with --to s3://BUCKET/PREFIX, or set METAFLOW_DEFAULT_DATASTORE and METAFLOW_DATASTORE_SYSROOT_S3")
    }
}
