import ArgumentParser
import Diagnostics
import Environments
import FoundationEssentials
import Lockfiles
import SystemPackage

/// `penstock env`: environments made from locks.
struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Make environments from locks.", subcommands: [Create.self])

    /// `penstock env create --lock pylock.toml [PATH]`
    struct Create: StandaloneCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make the environment of a lock and print where it is.",
            discussion: "Without PATH it is made in the cache, unless it is there already, and must not be changed.")

        @Option(help: "The lock (pylock.toml).")
        var lock: String

        @Option(help: "The Python to use; by default the one that the lock was made for.")
        var python: String?

        @OptionGroup var index: IndexArguments

        @Argument(help: "Where to make it: a folder that does not exist, or is empty.")
        var path: String?

        func perform(in session: StandaloneSession) throws -> Int32 {
            let folder = FilePath(AbsolutePath(self.lock).text).removingLastComponent()
            let lock = try LockFile(reading: self.lock).lock
            let place = try path.map { text throws in try emptyPlace(text) }
            let built = try PackageWorkshop.open(session, quiet: false) { [python, index] workshop in
                try await workshop.build(
                    lock, relativeTo: folder, python: python, indexes: index.options(), at: place)
            }
            session.output.writeLine(path ?? built.path.string)
            return 0
        }

        /// The absolute path of a folder that can be made or filled.
        private func emptyPlace(_ path: String) throws -> FilePath {
            let here = FilePath(FileManager.default.currentDirectoryPath)
            let place = here.pushing(FilePath(path)).lexicallyNormalized()
            if let found = try? FileManager.default.contentsOfDirectory(atPath: place.string) {
                guard found.isEmpty else { throw FileError.cannotWrite(path: path, reason: "the folder is not empty") }
            } else if FileManager.default.fileExists(atPath: place.string) {
                throw FileError.cannotWrite(path: path, reason: "a file is there")
            }
            return place
        }
    }
}
