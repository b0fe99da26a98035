import Diagnostics
public import Interpreters
public import PackageSources
public import PythonPackaging
public import Resolution

/// Package indexes, with source distributions and direct references: what a resolution asks where building is allowed.
public struct BuildingSource: PackageMetadataSource {
    private enum Python: Sendable {
        case interpreter(Interpreter)
        /// An interpreter that stands in for it is looked for when something has to be built.
        case target(PythonTarget)
    }

    private let client: PackageIndexClient
    private let builder: SourceBuilder
    private var python: Python
    /// The target, once it is known: packages may be pinned to an index for some targets only.
    private var environment: MarkerEnvironment?
    /// The build whose requirements are resolved.
    private let asker: BuildKey?

    /// - Parameter interpreter: the Python that builds are made with.
    public init(client: PackageIndexClient, builder: SourceBuilder, interpreter: Interpreter) {
        self.init(client: client, builder: builder, interpreter: interpreter, asker: nil)
    }

    /// Builds with a Python of this machine that stands in for the target's.
    public init(client: PackageIndexClient, builder: SourceBuilder, target: PythonTarget) {
        self.init(client: client, builder: builder, python: .target(target), asker: nil)
    }

    init(client: PackageIndexClient, builder: SourceBuilder, interpreter: Interpreter, asker: BuildKey?) {
        self.init(client: client, builder: builder, python: .interpreter(interpreter), asker: asker)
    }

    private init(client: PackageIndexClient, builder: SourceBuilder, python: Python, asker: BuildKey?) {
        self.client = client
        self.builder = builder
        self.python = python
        self.asker = asker
    }

    public func listing(of project: PackageName) async throws -> (any VersionListing)? {
        try await client.listing(of: project, in: environment)
    }

    public func coreMetadata(of file: IndexFile) async throws -> CoreMetadata {
        if file.filename.hasSuffix(".whl") { return try await client.coreMetadata(of: file) }
        do throws(SourceBuildError) {
            return try await builder.metadata(of: file, on: try await interpreter(file.filename), asker: asker)
        } catch {
            // What is wrong with the file itself says nothing about other versions.
            if let reason = error.reasonToPassOver { throw UnusableMetadata(reason: reason) }
            throw error
        }
    }

    public func distribution(of reference: DirectReference, for name: PackageName) async throws -> DirectDistribution {
        // The name may be a guess; whoever asks compares it with what is found.
        try await builder.distribution(of: reference, for: nil, on: try await interpreter("\(name)"), asker: asker)
    }

    public var canBuild: Bool { builder.options.resolution.builds.neverBuilt != .all }

    public var canHash: Bool { client.canHash }

    public func withHash(of file: IndexFile) async throws -> IndexFile { try await client.withHash(of: file) }

    public var indexDescriptions: [String] { client.indexDescriptions }

    public func source(for target: PythonTarget) async throws -> any PackageMetadataSource {
        var result = self
        result.environment = target.markerEnvironment
        if case .interpreter(let interpreter) = python, interpreter.isLike(target) { return result }
        result.python = .target(target)
        return result
    }

    private func interpreter(_ what: String) async throws(SourceBuildError) -> Interpreter {
        switch python {
        case .interpreter(let interpreter): return interpreter
        case .target(let target):
            do throws(InterpreterError) {
                return try await builder.interpreter(for: target)
            } catch {
                throw .interpreter(what: what, cause: error)
            }
        }
    }
}

extension SourceBuildError {
    /// The rest of a sentence that begins with the version, where another version may well do.
    var reasonToPassOver: String? {
        switch self {
        case .otherProject(_, let found): "has a source distribution that is \(found)"
        case .archive(_, let cause): "has a source distribution that cannot be unpacked: \(Self.words(cause))"
        default: nil
        }
    }

    private static func words(_ cause: any Error) -> String {
        (cause as? any DiagnosticError)?.diagnostic.headline ?? "\(cause)"
    }
}
