import CondaChannels
import Diagnostics
import Environments
import Interpreters
import Lockfiles
import PackageSources
import Resolution
import SourceBuilds
import SystemPackage

extension PackageWorkshop {
    /// Makes the environment of a lock: at a place, or in the cache unless it is there.
    ///
    /// - Parameters:
    ///   - folder: that of the lock, where its paths begin.
    ///   - archives: where packages are besides the indexes.
    ///   - compilesBytecode: whether modules are compiled; `PENSTOCK_COMPILE_BYTECODE` says it too.
    ///   - linkScripts: what becomes of the scripts of conda packages; `PENSTOCK_CONDA_LINK_SCRIPTS` says it where this does not.
    func build(
        _ lock: PyLock, relativeTo folder: FilePath, python: String?, indexes: IndexOptions, at place: FilePath?,
        archives: ArchiveSupply? = nil, compilesBytecode: Bool = false, linkScripts: LinkScriptPolicy? = nil
    ) async throws -> BuiltEnvironment {
        if lock.conda != nil {
            return try await buildConda(
                lock, relativeTo: folder, indexes: indexes, at: place, archives: archives, compilesBytecode: compilesBytecode,
                linkScripts: linkScripts)
        }
        let interpreter = try await interpreter(python, of: lock, by: finder.offline(indexes.isOffline))
        let opened = OpenedClient { try await client(indexes, for: interpreter) }
        let open: @Sendable () async throws -> PackageIndexClient = { try await opened.client() }
        let builder = builder(indexes, ResolutionOptions(asIn: lock.origin), openClient: open)
        let compiles = compilesBytecode || OptionVariables.isTrue(environment["PENSTOCK_COMPILE_BYTECODE"] ?? "")
        var store = EnvironmentStore(cache: cache, builder: builder, compilesBytecode: compiles, progress: progress)
        store.supply = archives
        do {
            let built =
                if let place {
                    try await store.create(
                        lock, interpreter: interpreter, at: place, relativeTo: folder, openClient: open)
                } else {
                    try await store.ensure(lock, interpreter: interpreter, relativeTo: folder, openClient: open)
                }
            await opened.shutdown()
            for warning in built.warnings { progress(.warning("\(warning)")) }
            return built
        } catch {
            await opened.shutdown()
            throw error
        }
    }
}

extension PackageWorkshop {
    /// The Python that is named; otherwise one that the lock was made for, or of its series.
    ///
    /// - Parameter finder: the workshop's own if none is named.
    func interpreter(
        _ python: String?, of lock: PyLock, by finder: InterpreterFinder? = nil
    ) async throws -> Interpreter {
        let finder = finder ?? self.finder
        if let python { return try await finder.find(try InterpreterRequest(parsing: python)) }
        var series: [InterpreterRequest] = []
        for target in lock.origin?.targets ?? [] {
            let name = target.python.split(separator: ".").prefix(2).joined(separator: ".")
            for request in [target.python, name].compactMap({ try? InterpreterRequest(parsing: $0) }) {
                if let found = try? await finder.findHere(request) { return found }
                if request.spelling == name { series.append(request) }
            }
        }
        if let first = series.first { return try await finder.find(first) }
        return try await finder.find(try (lock.origin?.python).map { text throws in try InterpreterRequest(parsing: text) })
    }
}

/// The client of a build, opened when something is missing, to be closed afterwards.
private actor OpenedClient {
    private let open: @Sendable () async throws -> PackageIndexClient
    private var opening: Task<PackageIndexClient, any Error>?

    init(_ open: @escaping @Sendable () async throws -> PackageIndexClient) { self.open = open }

    func client() async throws -> PackageIndexClient {
        if let opening { return try await opening.value }
        let task = Task { try await open() }
        opening = task
        return try await task.value
    }

    func shutdown() async {
        if let client = try? await opening?.value { await client.shutdown() }
        opening = nil
    }
}
