import Archives
import Digests
import Environments
import Interpreters
import PackageSources
import PythonPackaging
import SystemPackage

/// One build of a source on an interpreter, from its files to metadata or a wheel.
struct SourceBuild: Sendable {
    let builder: SourceBuilder
    let source: Source
    let interpreter: Interpreter
    /// Whether changes to the source shall take effect without building again (PEP 660).
    let isEditable: Bool
    /// The build itself, as others wait for it.
    let key: BuildKey

    private var cache: CacheDirectory { builder.cache }
    private var store: BuildStore { builder.store }

    /// Where what came of it is kept.
    var address: SHA256Digest { address(of: source) }

    private func address(of source: Source) -> SHA256Digest {
        SHA256Digest(hashing: "build 1\n\(source.digest)\n\(isEditable ? "editable" : "")\n\(interpreter.identity)")
    }

    /// Metadata that needed no interpreter.
    static func staticAddress(of source: Source) -> SHA256Digest { SHA256Digest(hashing: "static 1\n\(source.digest)") }

    // MARK: - Ways in

    /// The metadata that came of an earlier build.
    func keptMetadata() async -> CoreMetadata? {
        await BlockingWork.run { store.metadata(Self.staticAddress(of: source)) ?? store.metadata(address) }
    }

    /// The metadata: written down in the source, kept, or built.
    func metadata() async throws(SourceBuildError) -> CoreMetadata {
        if let kept = await keptMetadata() { return kept }
        let fixed = Self.staticAddress(of: source)
        return try await inTree { tree throws(SourceBuildError) in
            if let metadata = try await BlockingWork.run({ () throws(SourceBuildError) in try staticMetadata(in: tree) }) {
                try source.check(metadata)
                try await BlockingWork.run { () throws(SourceBuildError) in try store.keep(metadata, as: fixed) }
                return metadata
            }
            return try await build(in: tree, wantsWheel: false).metadata
        }
    }

    /// The wheel: kept, or built.
    func wheel() async throws(SourceBuildError) -> BuiltWheel {
        if let kept = await BlockingWork.run({ store.wheel(address) }) { return kept }
        return try await inTree { tree throws(SourceBuildError) in
            guard let wheel = try await build(in: tree, wantsWheel: true).wheel else { throw .cancelled }
            return wheel
        }
    }

    private func inTree<Success>(
        _ body: (SourceTree) async throws(SourceBuildError) -> Success
    ) async throws(SourceBuildError) -> Success {
        let tree = try await builder.open(source)
        do throws(SourceBuildError) {
            let result = try await body(tree)
            await tree.remove()
            return result
        } catch {
            await tree.remove()
            throw error
        }
    }

    private func staticMetadata(in tree: SourceTree) throws(SourceBuildError) -> CoreMetadata? {
        let folder = ProjectFolder(tree.project)
        if case .archive = source.origin, let metadata = PackageInfo.staticMetadata(in: folder) { return metadata }
        return try ProjectFile(in: folder, what: source.what).staticMetadata()
    }

    // MARK: - Building

    private struct Product {
        var metadata: CoreMetadata
        var wheel: BuiltWheel?
    }

    private func build(in tree: SourceTree, wantsWheel: Bool) async throws(SourceBuildError) -> Product {
        let folder = ProjectFolder(tree.project)
        let project = try await BlockingWork.run { () throws(SourceBuildError) in
            try ProjectFile(in: folder, what: source.what)
        }
        guard project.exists || folder.has("setup.py") else {
            throw .notAProject(
                what: source.what, reason: "it has neither pyproject.toml nor setup.py",
                help: "name the folder of a Python project, with #subdirectory=… where it is not at the top")
        }
        let system = try project.buildSystem()
        builder.note("building \(source.what)")
        let environments = BuildEnvironments(builder: builder, asker: key)
        var requirements = applying(system.requires)
        var environment = try await environments.environment(with: requirements, on: interpreter)
        let workspace = try await BlockingWork.run { () throws(SourceBuildError) in
            try Folders.temporary("build", in: cache)
        }
        do throws(SourceBuildError) {
            var session = try await BuildSession(
                build: self, system: system, tree: tree, workspace: workspace, environment: environment)
            // What hooks ask for beyond that may be another environment, and nothing is locked while it is made.
            let first = session
            let more = applying(
                try await first.locked { runner throws(SourceBuildError) in try await first.moreRequirements(runner) })
            if !Set(more).isSubset(of: Set(requirements)) {
                requirements += more
                environment = try await environments.environment(with: requirements, on: interpreter)
                session = try await BuildSession(
                    build: self, system: system, tree: tree, workspace: workspace, environment: environment)
            }
            let final = session
            let product = try await session.locked { runner throws(SourceBuildError) in
                try await final.product(runner, wantsWheel: wantsWheel, hasStaticVersion: project.hasStaticVersion)
            }
            await BlockingWork.run { FileTree.remove(workspace) }
            try await keepForWhatIsLeft()
            return Product(metadata: product.metadata, wheel: product.wheel)
        } catch {
            await BlockingWork.run { FileTree.remove(workspace) }
            throw error
        }
    }

    /// Builds may write into the folder that they are made in, such as the version that they have found. What came of the
    /// folder before is then kept for the folder as it is now, too, or nothing would ever be found again.
    private func keepForWhatIsLeft() async throws(SourceBuildError) {
        guard case .folder(let path) = source.origin, !isEditable else { return }
        let now = try await builder.folder(path, isEditable: false, what: source.what)
        guard now.digest != source.digest else { return }
        let (from, to) = (address, address(of: now))
        try await BlockingWork.run { () throws(SourceBuildError) in try store.copy(from, to: to) }
    }

    /// The requirements whose markers hold for the interpreter.
    private func applying(_ requirements: [String]) -> [String] {
        requirements.filter { text in
            (try? Requirement(parsing: text))?.applies(in: interpreter.markerEnvironment) ?? true
        }
    }
}
