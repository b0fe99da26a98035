import ArgumentParser
import Datastore
import FoundationEssentials
import Ledger
import MetaflowStore
import Remotes
import SystemPackage

/// `penstock serve --stdio`: answers questions about recorded runs (docs/worker-protocol.md, "Client channel").
struct ServeCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer questions about recorded runs.",
        discussion: "The Python client starts this for itself; the protocol is in docs/worker-protocol.md.",
        shouldDisplay: false)

    @Flag(help: "Speak on standard input and output.")
    var stdio = false

    @Option(help: "The folder whose runs are meant (a .penstock folder, or one that holds it).")
    var root: String?

    @Flag(help: "List tasks that were spun, instead of runs.")
    var spin = false

    func validate() throws {
        guard stdio else { throw ValidationError("say how to serve: --stdio") }
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        let choice = try root.map { try DatastoreChoice(namedRoot: $0) } ?? DatastoreChoice(settings: session.settings)
        let remote = try choice.remote.map { try RemoteStore(opening: $0, environment: session.environment) }
        let service = ClientService(
            location: location(session.environment), kind: spin ? .spun : .ordinary, remote: remote,
            metaflow: choice.remote == nil || root == nil ? metaflowFolder(session.environment) : nil)
        let channel = ClientChannel()
        while let frame = try channel.receive() {
            try channel.send(service.answer(frame))
        }
        return 0
    }

    private func metaflowFolder(_ environment: [String: String]) -> MetaflowFolder? {
        MetaflowFolder.belonging(to: location(environment), isNamed: root != nil, environment: environment)
    }

    private func location(_ environment: [String: String]) -> StoreLocation {
        let workingDirectory = FilePath(FileManager.default.currentDirectoryPath)
        guard let root, !RemoteAddress.isAddress(root) else {
            return StoreLocation.discover(environment: environment, workingDirectory: workingDirectory)
        }
        let named = workingDirectory.pushing(FilePath(root)).lexicallyNormalized()
        let isStore = named.lastComponent?.string == StoreLocation.folderName
        return StoreLocation(root: isStore ? named : named.appending(StoreLocation.folderName))
    }
}
