import Archives
import CodePackage
import FlowModel
import FoundationEssentials
import Resolution
import RunDriver
import SystemPackage
import WorkerProtocol

/// What the code package of this flow holds.
struct CodePackaging: Sendable {
    private let contents: PackageContents

    /// - Parameter environments: the locks of the steps' environments, and what they name.
    init(_ session: FlowSession, environments: PackedEnvironments = PackedEnvironments()) throws {
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
        contents.extras = try Self.extras(environments)
        self.contents = contents
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

    /// The archive as a run records it. Blocks.
    func make() throws -> PackagedCode {
        let package = try package()
        return PackagedCode(
            archive: try package.archive(), script: package.script, metadata: FlowPackage.recordMetadata)
    }
}
