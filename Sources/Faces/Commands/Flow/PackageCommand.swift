import Archives
import ArgumentParser
import CodePackage
import Datastore
import Diagnostics
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import SystemPackage
import WorkerProtocol

/// `package`: the code that goes with a run.
struct PackageCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Show or save the code package of the flow.",
        subcommands: [List.self, Info.self, Save.self, Diff.self])

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
            let packaging = try CodePackaging(of: session)
            let package = try packaging.package()
            let made = try packaging.archive(of: package)
            let size = package.files.reduce(0) { $0 + $1.size }
            let compressed = try made.bytes().count
            let info = packaging.metadata(of: package).info
            if let warning = packaging.warning(about: package) { session.error.writeLine(warning) }
            if json {
                let output = PackageOutput(
                    script: package.script, files: package.files.count, size: size, compressed: compressed,
                    sha256: "\(made.digest)", info: info)
                session.output.writeLine(try JSONText(output).text)
                return 0
            }
            let own = package.files.filter { $0.role == .user }
            var facts = [
                ("script", package.script), ("files", "\(package.files.count), \(own.count) of them yours"),
                ("size", "\(ByteText(size)), \(ByteText(Int64(compressed))) compressed"), ("sha256", "\(made.digest)"),
            ]
            facts += PackageInfoLines(info).lines
            for (name, value) in facts {
                session.error.writeLine(name + ":" + String(repeating: " ", count: max(1, 9 - name.count)) + value)
            }
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
            let packaging = try CodePackaging(of: session)
            let package = try packaging.package()
            let size = try packaging.archive(of: package).write(to: OutputFile(path))
            if let warning = packaging.warning(about: package) { session.error.writeLine(warning) }
            session.error.writeLine("Saved the code package to \(path) (\(ByteText(Int64(size)))).")
            return 0
        }
    }
}

extension PackageCommand {
    /// `package diff [RUN]`: what was changed since a run.
    struct Diff: FlowCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff", abstract: "Tell what was changed in the code since a run, in the unified format.",
            discussion: "Exits with 1 if there is a difference.")

        @ParentCommand var parent: PackageCommand
        var root: FlowCommandLine { parent.root }

        @Argument(help: ArgumentHelp("RUN or FLOW/RUN; the newest run that keeps its code if nothing is said.", valueName: "run"))
        var run: String?

        @Flag(help: "Print JSON.")
        var json = false

        func perform(in session: FlowSession) throws -> Int32 {
            let packaging = try CodePackaging(of: session)
            guard let records = try session.existingRecords() else {
                throw RecordError.nothingRecorded(session.storeLocation.root.string)
            }
            let (key, old) = try past(records, flow: try session.hello().flow.name)
            let difference = PackageDifference(from: old.listing, to: try PackageListing(try packaging.package()))
            if json {
                session.output.writeLine(try JSONText(difference.files.map { CodeChangeOutput($0) }).text)
            } else if difference.isEmpty {
                session.error.writeLine("The code is that of \(key.flow)/\(key.run).")
            } else {
                var buffer = OutputBuffer(session.output)
                for line in CodeDifferenceLines(difference, on: session.output).lines { buffer.writeLine(line) }
                buffer.flush()
            }
            return difference.isEmpty ? 0 : 1
        }

        /// The run that is meant, and its code.
        private func past(_ records: RunRecords, flow: FlowName) throws -> (RunKey, RecordedCode) {
            guard let run else {
                for run in try records.ledger.runs(of: flow, matching: RunQuery(limit: 50)) {
                    if let code = try RecordedCode(of: run.key, in: records) { return (run.key, code) }
                }
                throw PackageCommandError.noCode(run: "\(flow)", isFlow: true)
            }
            let path = run.contains("/") ? run : "\(flow)/\(run)"
            let location = try RecordLocation(path, in: records)
            guard let record = location.run, location.path.step == nil else {
                throw RecordError.wrongDepth(run, wanted: "RUN or FLOW/RUN")
            }
            guard let code = try RecordedCode(of: record.key, in: records) else {
                throw PackageCommandError.noCode(run: path, isFlow: false)
            }
            return (record.key, code)
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
    /// Facts of this machine and its checkout, which stand beside the archive.
    var info: [String: JSONValue]
}

/// Facts about a package in a person's words.
struct PackageInfoLines {
    private let info: [String: JSONValue]

    init(_ info: [String: JSONValue]) {
        self.info = info
    }

    var lines: [(String, String)] {
        var lines: [(String, String)] = []
        if let commit = text("commit_sha") {
            let state = switch info["has_uncommitted_changes"] {
            case .bool(true)?: ", and changes that are not committed"
            case .bool(false)?: ""
            default: ""
            }
            lines.append(("commit", commit + (text("branch_name").map { " (\($0))" } ?? "") + state))
        }
        if let remote = text("repo_url") { lines.append(("remote", remote)) }
        if let engine = text("engine_version") {
            lines.append(("engine", engine + (text("engine_sha256").map { " (\($0.prefix(12)))" } ?? "")))
        }
        if let platform = text("platform") { lines.append(("platform", platform)) }
        return lines
    }

    private func text(_ name: String) -> String? {
        if case .string(let text)? = info[name] { text } else { nil }
    }
}

extension PackagedFile {
    /// Where it is on this machine; what Penstock writes itself is only in the package.
    fileprivate var place: String {
        if case .file(let place, _) = content { return place.string }
        return path.string
    }
}
