import ArgumentParser
import Lockfiles
import Resolution

/// `penstock lock REQUIREMENT…`: resolves requirements and writes a `pylock.toml`.
struct LockCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Resolve requirements and write a lock (pylock.toml).",
        discussion: "Example: penstock lock 'pandas>=2' scikit-learn --output pylock.toml")

    @Option(name: [.short, .long], help: "The lock to write; standard output without it.")
    var output: String?

    @Option(help: "The Python that is meant: a version, a range, or a path.")
    var python: String?

    @OptionGroup var index: IndexArguments

    @Argument(help: "Requirements as PEP 508 has them: pandas, 'pandas>=2', 'fastapi[standard]'.")
    var requirements: [String]

    func perform(in session: StandaloneSession) throws -> Int32 {
        let roots = try requirements.map { try RootRequirement(parsing: $0) }
        let workshop = try PackageWorkshop(session, index: index.options)
        defer { workshop.progress?.finish() }
        let lock = try waiting { try await workshop.resolve(roots, python: python) }
        guard let output else {
            session.output.write(lock.text)
            return 0
        }
        try OutputFile(output).write(lock.text.utf8)
        session.error.writeLine("Wrote \(output).")
        return 0
    }
}
