import ArgumentParser

/// `penstock datastore`: what runs have stored.
struct DatastoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datastore", abstract: "Check what runs have stored, free what none needs, and send to a remote datastore what it lacks.",
        subcommands: [
            DatastoreStatusCommand.self, DatastorePushCommand.self, DatastoreVerifyCommand.self, DatastoreCollectCommand.self,
        ])
}
