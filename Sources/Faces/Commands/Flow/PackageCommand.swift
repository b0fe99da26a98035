import Archives
import ArgumentParser
import CodePackage
import Diagnostics
import Digests
import FoundationEssentials
import SystemPackage

/// `package`: the code that goes with a run.
struct PackageCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Show or save the code package of the flow.",
        subcommands: [List.self, Info.self, Save.self])

    @ParentCommand var root: FlowCommandLine

    @Option(help: .hidden)
    var timeout: Int?

    func perform(in session: FlowSession) throws -> Int32 { throw CleanExit.helpRequest(Self.self) }

    /// `package list`: the files, a line each.
    struct List: FlowCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the files of the package.")

        @ParentCommand var parent: PackageCommand
        var root: FlowCommandLine { parent.root }

        @Option(help: .hidden)
        var timeout: Int?

        @Flag(
            inversion: .prefixedNo, exclusivity: .chooseLast,
            help: "Show the paths that the files have in the package, not those that they have here.")
        var archive = false

        @Flag(help: "Print JSON: both paths, and the size.")
        var json = false

        func perform(in session: FlowSession) throws -> Int32 {
            let files = try CodePackaging(of: session).package().files
            if json {
                session.output.writeLine(try JSONText(files.map { PackagedFileOutput($0) }).text)
                return 0
            }
            if !session.options.quiet {
                session.error.writeLine("Files of the code package (--package-suffixes adds more):")
            }
            // Where existing scripts look for it.
            var buffer = OutputBuffer(session.error)
            for file in files { buffer.writeLine(archive ? file.path.string : file.place) }
            buffer.flush()
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

        @Flag(help: "Print JSON.")
        var json = false

        func perform(in session: FlowSession) throws -> Int32 {
            let package = try CodePackaging(of: session).package()
            let archive = try package.archive()
            let own = package.files.filter { $0.role == .user }
            if json {
                session.output.writeLine(
                    try JSONText(
                        PackageOutput(
                            script: package.script, files: package.files.count,
                            size: package.files.reduce(0) { $0 + $1.size }, compressed: archive.count,
                            sha256: "\(SHA256Digest(hashing: archive))")
                    ).text)
                return 0
            }
            session.error.writeLine("script:  \(package.script)")
            session.error.writeLine("files:   \(package.files.count), \(own.count) of them yours")
            let size = package.files.reduce(0) { $0 + $1.size }
            session.error.writeLine("size:    \(ByteText(size)), \(ByteText(Int64(archive.count))) compressed")
            session.error.writeLine("sha256:  \(SHA256Digest(hashing: archive))")
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
            try OutputFile(path).write(archive)
            session.error.writeLine("Saved the code package to \(path) (\(ByteText(Int64(archive.count)))).")
            return 0
        }
    }
}

/// A file of a code package.
struct PackagedFileOutput: Encodable {
    /// In the package.
    var path: String
    /// On this machine; absent of what Penstock writes itself.
    var file: String?
    var role: String
    var size: Int64

    init(_ file: PackagedFile) {
        path = file.path.string
        if case .file(let place, _) = file.content { self.file = place.string }
        role = "\(file.role)"
        size = file.size
    }
}

/// A code package as a whole.
struct PackageOutput: Encodable {
    var script: String
    var files: Int
    var size: Int64
    var compressed: Int
    var sha256: String
}

extension PackagedFile {
    /// Where it is on this machine; what Penstock writes itself is only in the package.
    fileprivate var place: String {
        if case .file(let place, _) = content { return place.string }
        return path.string
    }
}
