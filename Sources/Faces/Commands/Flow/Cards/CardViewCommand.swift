import ArgumentParser
import Datastore
import FoundationEssentials
import Glibc
import SystemPackage

/// `card view PATH`: shows a card in a browser.
struct CardViewCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "view", abstract: "Show a card in a browser.",
        discussion: "The browser is the one of $BROWSER, else the desktop's own.")

    @ParentCommand var parent: CardCommand
    var root: FlowCommandLine { parent.root }

    @OptionGroup var choice: CardArguments

    @Argument(help: "STEP, RUN/STEP or RUN/STEP/TASK")
    var path: String

    func perform(in session: FlowSession) throws -> Int32 {
        let selection = try CardSelection(path, choice, in: session)
        guard selection.cards.count == 1, let card = selection.cards.first else {
            CardListing(selection).lines(session, example: "view").forEach(session.error.writeLine)
            return 0
        }
        let folder = selection.records.location.root.appending("cards")
        let file = folder.appending(card.fileName).string
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw FileError.cannotWrite(path: folder.string, reason: String(cString: strerror(errno)))
        }
        try OutputFile(file).write(try card.page(in: selection.records))
        try Browser(session.environment).open(file)
        session.error.writeLine("Opened \(file).")
        return 0
    }
}

/// The program that shows pages.
private struct Browser {
    private let candidates: [String]

    init(_ environment: [String: String]) {
        let named = (environment["BROWSER"] ?? "").split(separator: ":").map(String.init)
        candidates = named + ["xdg-open", "open"]
    }

    func open(_ file: String) throws {
        var reason = ""
        for program in candidates {
            var words: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup("file://\(file)"), nil]
            defer { words.forEach { free($0) } }
            var process = pid_t()
            let code = posix_spawnp(&process, program, nil, nil, &words, environ)
            if code == 0 {
                var status: Int32 = 0
                waitpid(process, &status, 0)
                if status == 0 { return }
                reason = "\(program) failed"
            } else {
                reason = "\(program): \(String(cString: strerror(code)))"
            }
        }
        throw CardError.cannotOpen(file, reason: reason)
    }
}
