import Archives
import ChannelPythons
package import Diagnostics
import Digests
import Environments
import Interpreters
package import Lockfiles
package import PackageSources
import PythonPackaging
package import Resolution
import SourceBuilds
package import SystemPackage

/// Finds or makes the locks of a flow.
package struct FlowLocking: Sendable {
    let shelf: LockShelf
    let committed: CommittedLocks
    let finder: InterpreterFinder
    let indexes: LazyIndexClient
    let channels: LazyChannelClient
    /// The variables of the process.
    let environment: [String: String]
    let builder: SourceBuilder
    package let cache: CacheDirectory
    let progress: ProgressSink
    let options: ResolutionOptions
    /// The locks of an earlier run that is taken over, by their names in its code package. Blocks.
    package var earlierLock: (@Sendable (String) -> String?)?
    /// How conda packages are installed.
    let condaInstall: CondaInstallOptions

    /// - Parameters:
    ///   - environment: the variables of the process, which say where caches and indexes are.
    ///   - launching: the interpreter that runs the flow file.
    ///   - flowFile: beside which locks for version control lie; `script` is what the person calls it.
    ///   - store: the project's folder, which keeps locks of its own.
    package init(
        environment: [String: String], launching: FilePath, flowFile: FilePath, script: String, store: FilePath,
        indexes options: IndexOptions = IndexOptions(), options resolution: ResolutionOptions = .init(),
        progress: @escaping ProgressSink
    ) throws {
        let cache = try CacheDirectory.discover(environment: environment)
        self.cache = cache
        self.environment = environment
        self.progress = progress
        self.options = resolution
        condaInstall = try CondaInstallOptions(environment: environment)
        shelf = LockShelf(folder: store.appending("locks"))
        committed = CommittedLocks(besideFlow: flowFile, script: script)
        var pythons = InterpreterFinder(
            environment: environment, cache: cache, launching: launching, isOffline: options.isOffline, progress: progress)
        pythons.supply = ChannelPythons(
            environment: environment, cache: cache, connections: options, folder: flowFile.removingLastComponent().string,
            progress: progress)
        let (finder, indexes) = (
            pythons, LazyIndexClient(options: options, environment: environment, cache: cache, progress: progress))
        (self.finder, self.indexes) = (finder, indexes)
        channels = LazyChannelClient(
            options: options, environment: environment, cache: cache, folder: flowFile.removingLastComponent().string,
            progress: progress)
        var building = SourceBuildOptions()
        building.resolution = resolution
        building.isOffline = options.isOffline
        builder = SourceBuilder(
            cache: cache, finder: finder, environment: environment, options: building, progress: progress
        ) { try await indexes.client { try await finder.defaultIndex(of: try await finder.find()) } }
    }

    /// That of the step or, of a uv project, what `.python-version` pins, else one that the project is for.
    func interpreter(of entry: FlowWishes.Entry) async throws -> Interpreter {
        if let named = entry.wish.named { return try await interpreter(of: named) }
        guard entry.wish.python == nil, let project = entry.wish.project?.project else {
            return try await finder.find(entry.wish.python)
        }
        if let pin = project.pinnedPython {
            if let request = try? InterpreterRequest(parsing: pin) { return try await finder.find(request) }
            progress(.warning("\(project.root)/.python-version asks for '\(pin)', which is not understood"))
        }
        guard let pythons = project.lock.requiresPython else { return try await finder.find() }
        return try await finder.find(try InterpreterRequest(parsing: pythons))
    }

    private func interpreter(of named: NamedWish) async throws -> Interpreter {
        let pythons = named.pythons
        for request in pythons {
            if let found = try? await finder.find(request) { return found }
        }
        return try await finder.find(pythons.first)
    }

    /// What paths in the lock of an entry are relative to.
    func base(of entry: FlowWishes.Entry) -> FilePath {
        if let named = entry.wish.named { return named.entry.file.removingLastComponent() }
        return entry.wish.project.map { FilePath($0.project.root) } ?? committed.folder
    }

    /// Does work and closes the connections that were opened for it.
    func closingIndexes<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            let value = try await work()
            await close()
            return value
        } catch {
            await close()
            throw error
        }
    }

    private func close() async {
        await indexes.shutdown()
        await channels.shutdown()
    }

    /// The lock that a run on this machine uses.
    ///
    /// - Parameters:
    ///   - key: stands for what is asked for, in the project's store.
    ///   - isLocked: whether only a lock beside the flow counts.
    func lock(
        _ entry: FlowWishes.Entry, key: SHA256Digest, interpreter: Interpreter, isLocked: Bool
    ) async throws -> PyLock {
        guard !entry.wish.isEmpty else { return Self.empty(for: interpreter) }
        if let named = entry.wish.named {
            guard named.isBesideFlow || !isLocked else {
                throw NameNotLockedError(name: named.entry.name, file: named.entry.file.string)
            }
            return named.entry.lock
        }
        if let project = entry.wish.project { return try project.lock(for: interpreter.target) }
        if let conda = entry.wish.conda {
            return try await condaLock(entry, conda, key: key, interpreter: interpreter, isLocked: isLocked)
        }
        let found = try committed(entry, for: interpreter.target)
        if let found, found.differences.isEmpty { return found.lock }
        guard !isLocked else {
            throw LockedRunError(entry: entry, differences: found?.differences.map(\.words), script: committed.script)
        }
        if let found, let name = entry.lockName {
            let reasons = found.differences.map(\.words).joined(separator: "; ")
            progress(.warning("\(name.file) is not used: \(reasons); penstock lock \(committed.script) makes it anew"))
        }
        if let kept = try await kept(key) { return kept }
        var request = ResolutionRequest(entry.wish.requirements)
        request.preferences = found?.lock.versions ?? [:]
        let lock = try await resolve(request, for: [interpreter.target], on: interpreter, options: options)
        return try shelf.keep(lock, as: key)
    }

    /// The lock that answered the same before: that of the project's store, or that of the run that is taken over.
    func kept(_ key: SHA256Digest) async throws -> PyLock? {
        if let kept = try shelf.read(key) { return kept }
        guard let earlierLock else { return nil }
        let name = StepEnvironment.lockFile(key)
        guard let text = await BlockingWork.run({ earlierLock(name) }) else { return nil }
        return try shelf.keep(PyLock(parsing: text, file: name), as: key)
    }

    /// The lock that a run would use, with its file's name if it lies beside the flow; `nil` where it would have to be
    /// resolved.
    func known(
        _ entry: FlowWishes.Entry, key: SHA256Digest, interpreter: Interpreter
    ) throws -> (lock: PyLock, file: String?)? {
        guard !entry.wish.isEmpty else { return (Self.empty(for: interpreter), nil) }
        if let named = entry.wish.named { return (named.entry.lock, named.entry.file.lastComponent?.string) }
        if let project = entry.wish.project { return (try project.lock(for: interpreter.target), project.project.lockFile) }
        if let conda = entry.wish.conda {
            let found = try committed(entry, conda, for: [interpreter.target.platformName], interpreter: interpreter)
            if let found, found.differences.isEmpty { return (found.lock, entry.lockName?.file) }
            return try shelf.read(key).map { ($0, nil) }
        }
        if let found = try committed(entry, for: interpreter.target), found.differences.isEmpty {
            return (found.lock, entry.lockName?.file)
        }
        return try shelf.read(key).map { ($0, nil) }
    }

    /// Answers a request anew.
    func resolve(
        _ request: ResolutionRequest, for targets: [PythonTarget], on interpreter: Interpreter, options: ResolutionOptions
    ) async throws -> PyLock {
        let source = try await source(for: interpreter)
        var context = LockContext()
        context.options = options
        context.folder = committed.folder.string
        context.indexes = source.indexDescriptions
        return try await LockResolver(source: source, options: options, progress: progress)
            .lock(request, for: targets, in: context)
    }

    /// The indexes and what can be built, asked by an interpreter.
    func source(for interpreter: Interpreter) async throws -> BuildingSource {
        BuildingSource(client: try await client(for: interpreter), builder: builder, interpreter: interpreter)
    }

    /// - Parameter interpreter: whose pip names the default index if nothing is configured (architecture, decision 6).
    func client(for interpreter: Interpreter) async throws -> PackageIndexClient {
        try await indexes.client { try await finder.defaultIndex(of: interpreter) }
    }

    private func committed(
        _ entry: FlowWishes.Entry, for target: PythonTarget
    ) throws -> (lock: PyLock, differences: [LockDifference])? {
        guard let name = entry.lockName, let lock = try committed.read(name) else { return nil }
        var context = LockContext()
        context.folder = committed.folder.string
        let wanted = LockOrigin(ResolutionRequest(entry.wish.requirements), for: [target], in: context)
        // How the lock was made, and for whom else, does not matter to who uses it.
        let differences = lock.differences(from: wanted, whereMoreTargetsAreFine: true)
            .filter { $0.subject == .requirement || $0.subject == .target }
        return (lock, differences)
    }

    private static func empty(for interpreter: Interpreter) -> PyLock {
        PyLock(packages: [], origin: LockOrigin(ResolutionRequest([]), for: [interpreter.target]))
    }
}
