import ArgumentParser
import Diagnostics
import Environments
import FoundationEssentials
import Glibc
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
            abstract: "Make the environment of a lock, unless it exists, and print where it is.",
            discussion: "With PATH, a symbolic link to it is made there.")

        @Option(help: "The lock (pylock.toml).")
        var lock: String

        @Option(help: "The Python to use; by default the one that the lock was made for.")
        var python: String?

        @OptionGroup var index: IndexArguments

        @Argument(help: "Where to put a link to the environment.")
        var path: String?

        func perform(in session: StandaloneSession) throws -> Int32 {
            guard let data = FileManager.default.contents(atPath: lock) else {
                throw FileError.cannotRead(path: lock, reason: "it does not exist, or may not be read")
            }
            let lock = try PyLock(parsing: String(decoding: data, as: UTF8.self), file: lock)
            let workshop = try PackageWorkshop(session, index: index.options)
            defer { workshop.progress.finish() }
            let built = try waiting { try await workshop.build(lock, python: python) }
            if let path { try link(path, to: built.path.string) }
            session.output.writeLine(path ?? built.path.string)
            return 0
        }

        /// Replaces a link, and nothing else.
        private func link(_ path: String, to target: String) throws {
            var status = stat()
            if lstat(path, &status) == 0 {
                guard status.st_mode & S_IFMT == S_IFLNK else {
                    throw FileError.cannotWrite(path: path, reason: "something that is not a link is there")
                }
                unlink(path)
            }
            guard symlink(target, path) == 0 else {
                throw FileError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
            }
        }
    }
}
