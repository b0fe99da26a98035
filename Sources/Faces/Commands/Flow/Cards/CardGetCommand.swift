import ArgumentParser
import Datastore
import FoundationEssentials

/// `card get PATH [FILE]`: the page of a card.
struct CardGetCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print the page of a card, or save it to a file.")

    @ParentCommand var parent: CardCommand
    var root: FlowCommandLine { parent.root }

    @OptionGroup var choice: CardArguments

    @Argument(help: "STEP, RUN/STEP or RUN/STEP/TASK")
    var path: String

    @Argument(help: "The file to write.")
    var file: String?

    func perform(in session: FlowSession) throws -> Int32 {
        let selection = try CardSelection(path, choice, in: session)
        guard selection.cards.count == 1, let card = selection.cards.first else {
            CardListing(selection).lines(session, example: "get").forEach(session.error.writeLine)
            return 0
        }
        let page = try card.page(in: selection.records)
        guard let file else {
            session.output.writeLine(String(decoding: page, as: UTF8.self))
            return 0
        }
        // The file may be one that the caller holds open.
        try OutputFile(file).write(page, inPlace: true)
        return 0
    }
}
