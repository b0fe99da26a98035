import Archives
import Digests
import Environments
import Interpreters
import PackageSources
import PythonPackaging
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A build that has its files and its environment: what is left is to call the hooks and to judge what they give.
struct BuildSession: Sendable {
    let build: SourceBuild
    let runner: HookRunner
    /// A folder of our own.
    let workspace: FilePath

    private var source: Source { build.source }
    private var store: BuildStore { build.builder.store }

    init(
        build: SourceBuild, system: BuildSystem, tree: SourceTree, workspace: FilePath, environment: BuiltEnvironment
    ) async throws(SourceBuildError) {
        self.build = build
        self.workspace = workspace
        let log = try await BlockingWork.run { () throws(SourceBuildError) in
            try build.builder.store.log(build.address)
        }
        runner = HookRunner(
            what: build.source.what, system: system, environment: environment.path, python: environment.python,
            project: tree.project, folder: workspace, log: log, variables: build.builder.environment,
            options: build.builder.options, limit: build.builder.limit)
    }

    /// Runs `body` while no other process builds the same, or in the same folder.
    func locked<Success>(
        _ body: (HookRunner) async throws(SourceBuildError) -> Success
    ) async throws(SourceBuildError) -> Success {
        let lock: CacheLock
        do throws(PackageSourceError) {
            lock = try await build.builder.cache.lock(source.lockName) {
                build.builder.note("another process builds \(source.what); waiting for it")
            }
        } catch {
            throw SourceBuildError(error)
        }
        defer { lock.release() }
        return try await body(runner)
    }

    /// What the hooks want to be installed beyond pyproject.toml's.
    func moreRequirements(_ runner: HookRunner) async throws(SourceBuildError) -> [String] {
        await BlockingWork.run { _ = unlink(runner.log.string) }
        let hook = build.isEditable ? Hook.requiresForEditable : .requiresForWheel
        guard let answer = try await runner.call(hook) else { return [] }
        guard case .texts(let texts) = answer else { throw bad(hook, "gave no list of requirements") }
        for text in texts where (try? Requirement(parsing: text)) == nil {
            throw bad(hook, "asks for '\(text)', which is no requirement")
        }
        return texts
    }

    /// What the build is for; metadata comes with a wheel.
    func product(
        _ runner: HookRunner, wantsWheel: Bool, hasStaticVersion: Bool
    ) async throws(SourceBuildError) -> (metadata: CoreMetadata, wheel: BuiltWheel?) {
        if !wantsWheel {
            // Another process may have been quicker.
            if let kept = await BlockingWork.run({ store.metadata(build.address) }) { return (kept, nil) }
            if let metadata = try await preparedMetadata(runner) {
                return (try await keep(metadata, hasStaticVersion), nil)
            }
        } else if let wheel = await BlockingWork.run({ store.wheel(build.address) }) {
            return (try await metadata(of: wheel), wheel)
        }
        let (built, metadata) = try await builtWheel(runner)
        return (try await keep(metadata, hasStaticVersion), built)
    }

    /// `nil` for backends without the hook.
    private func preparedMetadata(_ runner: HookRunner) async throws(SourceBuildError) -> CoreMetadata? {
        let output = workspace.appending("metadata")
        let hook = build.isEditable ? Hook.editableMetadata : .metadata
        guard let answer = try await runner.call(hook, output: output) else { return nil }
        guard case .text(let name) = answer, name.hasSuffix(".dist-info"), Self.isPlainName(name) else {
            throw bad(hook, "did not give the name of a .dist-info folder")
        }
        let bytes = await BlockingWork.run { () -> [UInt8]? in
            let folder = output.appending(name)
            guard Self.isOwn(folder, S_IFDIR), Self.isOwn(folder.appending("METADATA"), S_IFREG) else { return nil }
            return ProjectFolder(folder).read("METADATA")
        }
        guard let bytes else { throw bad(hook, "made no METADATA in '\(name)'") }
        do throws(CoreMetadataError) {
            return try CoreMetadata(parsing: bytes)
        } catch {
            throw bad(hook, "made metadata that cannot be read: \(error)")
        }
    }

    private func builtWheel(_ runner: HookRunner) async throws(SourceBuildError) -> (BuiltWheel, CoreMetadata) {
        let hook = build.isEditable ? Hook.editable : .wheel
        let output = workspace.appending("wheel")
        guard case .text(let name)? = try await runner.call(hook, output: output) else {
            throw bad(hook, "did not give the name of a wheel")
        }
        guard Self.isPlainName(name), let filename = try? WheelFilename(parsing: name) else {
            throw bad(hook, "gave '\(name)', which is not the name of a wheel")
        }
        let file = output.appending(name)
        guard await BlockingWork.run({ Self.isOwn(file, S_IFREG) }) else {
            throw bad(hook, "said that it made '\(name)', but did not")
        }
        guard build.interpreter.target.tags.bestRank(of: filename) != nil else {
            throw bad(hook, "made '\(name)', which this Python cannot install")
        }
        let metadata = try await BlockingWork.run { () throws(SourceBuildError) in try wheelMetadata(file, filename, hook) }
        try source.check(metadata)
        let built = try await BlockingWork.run { () throws(SourceBuildError) in
            try store.keep(file, named: filename, as: build.address)
        }
        return (built, metadata)
    }

    private func metadata(of wheel: BuiltWheel) async throws(SourceBuildError) -> CoreMetadata {
        try await BlockingWork.run { () throws(SourceBuildError) in try wheelMetadata(wheel.file, wheel.filename, .wheel) }
    }

    private func wheelMetadata(
        _ file: FilePath, _ filename: WheelFilename, _ hook: Hook
    ) throws(SourceBuildError) -> CoreMetadata {
        do throws(WheelFault) {
            return try WheelCheck.metadata(of: file, filename: filename)
        } catch {
            throw bad(hook, "made '\(filename)', but \(error.reason)")
        }
    }

    private func keep(_ metadata: CoreMetadata, _ hasStaticVersion: Bool) async throws(SourceBuildError) -> CoreMetadata {
        try source.check(metadata)
        var kept = metadata
        // That the version is not written down in the source is told in the way of PEP 643.
        kept.dynamic = hasStaticVersion ? [] : ["version"]
        let result = kept
        try await BlockingWork.run { () throws(SourceBuildError) in try store.keep(result, as: build.address) }
        return result
    }

    // MARK: - Distrust

    private func bad(_ hook: Hook, _ reason: String) -> SourceBuildError {
        .badResult(what: source.what, hook: hook.rawValue, reason: reason, log: runner.log.string)
    }

    /// A name without a folder.
    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
    }

    /// Whether something of that kind is there itself, not a link to it.
    private static func isOwn(_ path: FilePath, _ kind: mode_t) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0 && status.st_mode & S_IFMT == kind
    }
}
