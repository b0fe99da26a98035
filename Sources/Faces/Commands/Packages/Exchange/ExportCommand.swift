import ArgumentParser
import CondaPackaging
import Lockfiles
import PythonPackaging
import Resolution

/// `penstock export`: a lock in another tool's format.
struct ExportCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print a lock as a requirements.txt with hashes, an environment.yml, or a conda list of archives.",
        discussion: """
            Examples:
              penstock export > requirements.txt
              penstock export pylock.train.toml -o requirements.txt
              penstock export --format environment.yml --platform linux-64
              penstock export --format explicit -o archives.txt
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case requirements = "requirements.txt"
        case environment = "environment.yml"
        /// Conda's `@EXPLICIT`.
        case explicit
    }

    @Argument(help: "The lock; pylock.toml if nothing is said.", completion: .file(extensions: ["toml"]))
    var lock: String?

    @Option(help: "The format: requirements.txt, environment.yml, or explicit, a list that conda and mamba install as it is.")
    var format = Format.requirements

    @Option(
        help: ArgumentHelp("The platform of the conda packages, where the lock is for several: linux-64, osx-arm64, …", valueName: "platform"),
        transform: { try Subdir(argument: $0) })
    var platform: Subdir?

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
        let text = try text(of: file, in: session)
        guard let output else {
            session.output.write(text)
            return 0
        }
        try OutputFile(output).write(text.utf8)
        session.error.writeLine("Wrote \(output).")
        return 0
    }

    private func text(of file: LockFile, in session: StandaloneSession) throws -> String {
        switch format {
        case .environment: return try file.lock.environmentText(for: platform, file: file.path)
        case .explicit: return try file.lock.explicitList(for: platform, file: file.path).description
        case .requirements:
            if let conda = file.lock.conda, !conda.packages.isEmpty {
                session.error.writeLine(
                    "warning: the \(conda.packages.count) conda packages of \(file.path) have no place in a requirements.txt and are left out")
            }
            return try file.lock.requirementsText(
                extras: Set(extras), dependencyGroups: groups.isEmpty ? nil : groups, file: file.path)
        }
    }
}

extension Subdir {
    /// Reads what was typed: conda's name of a platform, or another one for the same.
    init(argument text: String) throws {
        if let subdir = try? Subdir(parsing: text), Subdir.known.contains(subdir) {
            self = subdir
        } else if let name = try? PlatformName(parsing: text), let subdir = Subdir(name) {
            self = subdir
        } else {
            throw ValidationError("'\(text)' is no platform of conda; those are linux-64, linux-aarch64, osx-arm64, osx-64, win-64, …")
        }
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
