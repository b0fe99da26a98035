import ArgumentParser

/// `penstock datastore`: what runs have stored.
struct DatastoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datastore", abstract: "Check what runs have stored, and free what none needs.",
        subcommands: [DatastoreVerifyCommand.self, DatastoreCollectCommand.self])
}
