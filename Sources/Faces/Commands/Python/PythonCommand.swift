import ArgumentParser
import Interpreters

/// `penstock python`: the Pythons of this machine, and those that can be fetched.
struct PythonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "python", abstract: "List, find, fetch and remove Pythons.",
        subcommands: [
            PythonListCommand.self, PythonFindCommand.self, PythonFetchCommand.self, PythonRemoveCommand.self,
            PythonManifestCommand.self,
        ])
}

extension PackageWorkshop {
    /// What fetches Pythons.
    func fetching(isOffline: Bool = false) -> PythonFetching {
        PythonFetching(environment: environment, cache: cache, isOffline: isOffline, progress: progress)
    }
}
