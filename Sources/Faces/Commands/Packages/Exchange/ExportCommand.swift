import ArgumentParser
import Lockfiles
import PythonPackaging

/// `penstock export`: a lock in another tool's format.
struct ExportCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print a lock as a requirements.txt, with hashes.",
        discussion: """
            Examples:
              penstock export > requirements.txt
              penstock export pylock.train.toml -o requirements.txt
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case requirements = "requirements.txt"
    }

    @Argument(help: "The lock; pylock.toml if nothing is said.", completion: .file(extensions: ["toml"]))
    var lock: String?

    @Option(help: "The format: requirements.txt.")
    var format = Format.requirements

    @Option(
        name: .customLong("extra"), help: "An extra of the lock to install; may be given several times.",
        transform: { try ExtraName(argument: $0) })
    var extras: [ExtraName] = []

    @Option(name: .customLong("group"), help: "A dependency group of the lock; may be given several times.")
    var groups: [String] = []

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The file to write; standard output without it.", valueName: "file"), completion: .file())
    var output: String?

    func perform(in session: StandaloneSession) throws -> Int32 {
        let file = try LockFile(reading: lock)
        let text = try file.lock.requirementsText(
            extras: Set(extras), dependencyGroups: groups.isEmpty ? nil : groups, file: file.path)
        guard let output else {
            session.output.write(text)
            return 0
        }
        try OutputFile(output).write(text.utf8)
        session.error.writeLine("Wrote \(output).")
        return 0
    }
}

extension ExtraName {
    /// Reads what was typed, and says in the parser's way what is wrong with it.
    init(argument text: String) throws {
        do {
            try self.init(parsing: text)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
