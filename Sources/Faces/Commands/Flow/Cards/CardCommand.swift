import ArgumentParser
import Diagnostics

/// `card`: the cards of this flow's tasks.
struct CardCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "card", abstract: "List, get, view and make the cards of tasks.",
        subcommands: [CardListCommand.self, CardGetCommand.self, CardViewCommand.self, CardCreateCommand.self])

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 { throw CleanExit.helpRequest(Self.self) }
}

/// Which cards of a task are meant.
struct CardArguments: ParsableArguments {
    @Option(help: "The hash of the card, or at least its first five letters.")
    var hash: String?

    @Option(help: "Only cards of this type.")
    var type: String?

    @Option(help: "The id that the card was given.")
    var id: String?

    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Look at the task that a resumed one was taken from.")
    var followResumed = true
}
