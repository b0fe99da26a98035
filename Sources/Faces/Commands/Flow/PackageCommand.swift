import Archives
import ArgumentParser
import CodePackage
import Diagnostics
import Digests
import FoundationEssentials

/// `package`: the code that goes with a run.
struct PackageCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Show or save the code package of the flow.",
        subcommands: [List.self, Info.self, Save.self], defaultSubcommand: List.self)

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 { FailureClass.usage.exitCode }

    /// `package list`: the files, a line each.
    struct List: FlowCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the files of the package.")

        @ParentCommand var parent: PackageCommand
        var root: FlowCommandLine { parent.root }

        @Option(help: .hidden)
        var timeout: Int?

        func perform(in session: FlowSession) throws -> Int32 {
            for file in try CodePackaging(of: session).package().files { session.output.writeLine(file.path.string) }
            return 0
        }
    }

    /// `package info`: how large it is, and its digest.
    struct Info: FlowCommand {
        static let configuration = CommandConfiguration(commandName: "info", abstract: "Show what the package is.")

        @ParentCommand var parent: PackageCommand
        var root: FlowCommandLine { parent.root }

        @Option(help: .hidden)
        var timeout: Int?

        func perform(in session: FlowSession) throws -> Int32 {
            let package = try CodePackaging(of: session).package()
            let archive = try package.archive()
            let own = package.files.filter { $0.role == .user }
            session.output.writeLine("script:  \(package.script)")
            session.output.writeLine("files:   \(package.files.count), \(own.count) of them yours")
            session.output.writeLine("size:    \(ByteText(package.files.reduce(0) { $0 + $1.size })), \(ByteText(Int64(archive.count))) compressed")
            session.output.writeLine("sha256:  \(SHA256Digest(hashing: archive))")
            return 0
        }
    }

    /// `package save FILE`: the archive itself.
    struct Save: FlowCommand {
        static let configuration = CommandConfiguration(commandName: "save", abstract: "Save the package as a .tgz file.")

        @ParentCommand var parent: PackageCommand
        var root: FlowCommandLine { parent.root }

        @Option(help: .hidden)
        var timeout: Int?

        @Argument(help: "The file to write.")
        var path: String

        func perform(in session: FlowSession) throws -> Int32 {
            let archive = try CodePackaging(of: session).package().archive()
            do {
                try Data(archive).write(to: URL(filePath: path), options: .atomic)
            } catch {
                throw PackageSaveError(path: path, reason: "\(error)")
            }
            session.error.writeLine("Saved the code package to \(path) (\(ByteText(Int64(archive.count)))).")
            return 0
        }
    }
}

/// The archive could not be written.
struct PackageSaveError: DiagnosticError {
    var path: String
    var reason: String

    var diagnostic: Diagnostic {
        Diagnostic(.user, "cannot write the code package to \(path)", file: path, details: [reason])
    }
}
