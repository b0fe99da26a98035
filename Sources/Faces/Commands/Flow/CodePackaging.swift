import Archives
import CodePackage
import FlowModel
import RunDriver
import SystemPackage
import WorkerProtocol

/// What the code package of this flow holds.
struct CodePackaging: Sendable {
    private let contents: PackageContents

    /// - Parameter locks: the locks of the steps' environments, by the names they get in the package.
    init(_ session: FlowSession, locks: [String: String] = [:]) throws {
        let hello = try session.hello()
        var contents = PackageContents(flowFile: FilePath(hello.flow.file), suffixes: session.options.packageSuffixes)
        contents.sdk = FilePath(hello.sdk.path)
        contents.modules = hello.flow.packageModules.map { PackagedModule(file: FilePath($0)) }
        contents.additions = hello.flow.packageFiles
        contents.configs = session.configs.mapValues { .array([$0.value, .bool($0.plain)]) }
        contents.facts = [
            "script": .string(FilePath(hello.flow.file).lastComponent?.string ?? hello.flow.script), "username": .string(session.username()),
            "python_version": .string(hello.python.version), "metaflow_version": .string(EngineVersion.current),
            "runtime": .string("dev"),
        ]
        for (name, text) in locks {
            contents.extras.append(
                PackageExtra(path: try EntryPath(parsing: "locks/\(name)"), bytes: Array(text.utf8)))
        }
        self.contents = contents
    }

    /// What a run of the flow would package, the locks of its environments included.
    init(of session: FlowSession) throws {
        try self.init(session, locks: try StepEnvironments.locks(of: try session.validatedGraph(), in: session))
    }

    /// The files that belong to the package. Blocks.
    func package() throws -> FlowPackage {
        try FlowPackage(contents)
    }

    /// The archive as a run records it. Blocks.
    func make() throws -> PackagedCode {
        let package = try package()
        return PackagedCode(
            archive: try package.archive(), script: package.script, metadata: FlowPackage.recordMetadata)
    }
}
