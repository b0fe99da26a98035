import Archives
import CodePackage
import Diagnostics
import Digests
import FlowModel
import FoundationEssentials
import PackageSources
import Resolution
import RunDriver
import SystemPackage
import WorkerProtocol

/// What the code package of this flow holds.
struct CodePackaging: Sendable {
    let contents: PackageContents
    /// Where archives of files that have not changed are kept; nothing where there is no cache.
    private let kept: KeptArchives?
    private let cache: CacheDirectory?
    let facts: PackageFactsHere
    /// Bytes above which a person is told.
    private let warnsAbove: Int64?

    /// - Parameter environments: the locks of the steps' environments, and what they name.
    init(_ session: FlowSession, environments: PackedEnvironments = PackedEnvironments()) throws {
        let hello = try session.hello()
        let decorators = hello.flow.decorators
        let folder = FilePath(FileManager.default.currentDirectoryPath)
        let flowFile = FilePath(hello.flow.file)
        var contents = PackageContents(flowFile: flowFile, suffixes: session.options.packageSuffixes)
        contents.data = try Self.data(decorators, flowFile.removingLastComponent())
        contents.sdk = FilePath(hello.sdk.path)
        contents.modules = hello.flow.packageModules.map { PackagedModule(file: FilePath($0)) }
        contents.additions = hello.flow.packageFiles
        contents.configs = session.configs.mapValues { .array([$0.value, .bool($0.plain)]) }
        // What differs between machines for the same code stands beside the archive.
        contents.facts = [
            "script": .string(flowFile.lastComponent?.string ?? hello.flow.script),
            "metaflow_version": .string(EngineVersion.current),
        ]
        contents.extras = try Self.extras(environments)
        self.contents = contents
        cache = try? CacheDirectory.discover(environment: session.environment)
        kept = cache.map { KeptArchives(in: $0.path(.code), of: folder.pushing(flowFile).lexicallyNormalized()) }
        facts = PackageFactsHere(
            username: session.username(), python: hello.python.version, folder: folder.pushing(flowFile).removingLastComponent(),
            suffixes: contents.suffixes, cache: cache)
        warnsAbove = try Self.limit(session.settings)
    }

    private static func data(_ decorators: [DecoratorDescription], _ folder: FilePath) throws -> PatternList {
        let typed = decorators.filter { $0.name == "package_data" && !$0.isPlugin }.flatMap { decorator -> [String] in
            switch decorator.attributes["files"] {
            case .string(let text)?: [text]
            case .array(let values)?: values.compactMap { if case .string(let text) = $0 { text } else { nil } }
            default: []
            }
        }
        return PatternList(
            try typed.map { text in
                guard let pattern = PathPattern(line: text) else { throw CodePackageError.badData(pattern: text, folder) }
                return pattern
            })
    }

    /// `PENSTOCK_PACKAGE_WARNING`: a size, or `never`.
    private static func limit(_ settings: Settings) throws -> Int64? {
        guard let text = OptionChoices(settings: settings).text("PACKAGE_WARNING") else { return PackageWeight.usualLimit }
        if text.lowercased() == "never" { return nil }
        guard let bytes = try? ByteCount(typed: text).bytes else { throw PackageCommandError.badLimit(text) }
        return bytes
    }

    /// Locks and wheels, and the files of the uv project as other tools look for them.
    private static func extras(_ environments: PackedEnvironments) throws -> [PackageExtra] {
        var texts = environments.locks.map { ("locks/\($0)", $1) }
        if let project = environments.project {
            texts += [("uv.lock", project.lockText), ("pyproject.toml", project.projectText)]
        }
        var extras = try texts.map { PackageExtra(path: try EntryPath(parsing: $0), bytes: Array($1.utf8)) }
        for (name, file) in environments.wheels {
            guard let data = FileManager.default.contents(atPath: file.string) else {
                throw FileError.cannotRead(path: file.string, reason: "it does not exist, or may not be read")
            }
            extras.append(PackageExtra(path: try EntryPath(parsing: "wheels/\(name)"), bytes: Array(data)))
        }
        return extras
    }

    /// What a run of the flow would package, the locks of its environments included.
    init(of session: FlowSession) throws {
        try self.init(session, environments: try StepEnvironments.packed(of: try session.validatedGraph(), in: session))
    }

    /// The files that belong to the package. Blocks.
    func package() throws -> FlowPackage {
        try FlowPackage(contents)
    }

    /// The archive of a package. Where none of its files was touched since the last time, nothing is read. Blocks.
    func archive(of package: FlowPackage) throws -> MadeArchive {
        let fingerprint = kept == nil ? nil : PackageFingerprint(package)
        if let fingerprint, let (digest, file) = kept?.archive(of: fingerprint) {
            return MadeArchive(digest: digest, file: file) { try KeptArchives.read(file, digest: digest) ?? package.archive() }
        }
        let bytes = try package.archive()
        let digest = SHA256Digest(hashing: bytes)
        // A cache that cannot be written keeps nothing; the archive is right all the same.
        if let fingerprint, (try? cache?.prepare(.code)) != nil { kept?.keep(bytes, digest: digest, for: fingerprint) }
        return MadeArchive(digest: digest) { bytes }
    }

    /// What is known about the package here and now. Blocks.
    func metadata(of package: FlowPackage) -> PackageMetadata { facts.metadata(of: package) }

    /// What a person should know of the package.
    func warning(about package: FlowPackage) -> String? {
        guard let warnsAbove else { return nil }
        let weight = PackageWeight(of: package)
        guard weight.bytes > warnsAbove else { return nil }
        let largest = weight.largest.map { "\($0.path) (\(ByteText($0.bytes)))" }.joined(separator: ", ")
        return "The code package is large: \(ByteText(weight.bytes)) in \(weight.count) \(weight.count == 1 ? "file" : "files"). "
            + "The largest: \(largest). A .penstockignore beside the flow leaves files out; "
            + "PENSTOCK_PACKAGE_WARNING=SIZE says from where on to tell this."
    }

    /// The archive as a run records it. Blocks.
    func make() throws -> PackagedCode {
        let package = try package()
        let made = try archive(of: package)
        return PackagedCode(
            digest: made.digest, archive: made.bytes, script: package.script, metadata: metadata(of: package).text,
            warning: warning(about: package))
    }
}

/// An archive that is in memory or can be read.
struct MadeArchive: Sendable {
    let digest: SHA256Digest
    /// Where it is kept, when it was not made just now.
    var file: FilePath?
    /// Gives what has the digest.
    let bytes: @Sendable () throws -> [UInt8]

    /// Writes it to a file of the person's.
    ///
    /// - Returns: its size in bytes.
    func write(to output: OutputFile) throws -> Int {
        if let file, let size = try output.copy(
            of: file.string, checkingMeanwhile: { [digest] in KeptArchives.holds(file, digest) })
        {
            return size
        }
        let bytes = try bytes()
        try output.write(bytes)
        return bytes.count
    }
}

/// Why a command about code packages cannot be done.
enum PackageCommandError: DiagnosticError {
    case badLimit(String)
    case noCode(run: String, isFlow: Bool)

    var diagnostic: Diagnostic {
        switch self {
        case .badLimit(let text):
            Diagnostic(
                .usage, "PENSTOCK_PACKAGE_WARNING is '\(text)', which is no size", help: "write 100MB, 2GB, or never")
        case .noCode(let run, let isFlow):
            Diagnostic(
                .user, isFlow ? "no run of \(run) keeps its code" : "the run \(run) keeps no code",
                help: isFlow ? "run the flow first" : "runs keep it when their code could be packed; name another run")
        }
    }
}
