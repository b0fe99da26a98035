import ChannelPythons
import Diagnostics
import Interpreters
import PackageSources
import Resolution
import SourceBuilds
import Synchronization

/// Interpreters, indexes, cache and environments for the commands that need no flow.
struct PackageWorkshop: Sendable {
    let environment: [String: String]
    let cache: CacheDirectory
    let finder: InterpreterFinder
    let progress: ProgressSink

    init(_ session: StandaloneSession, progress: @escaping ProgressSink) throws {
        environment = session.environment
        self.progress = progress
        cache = try CacheDirectory.discover(environment: session.environment)
        var finder = InterpreterFinder(environment: session.environment, cache: cache, progress: progress)
        finder.supply = ChannelPythons(environment: session.environment, cache: cache, progress: progress)
        self.finder = finder
    }

    /// The targets that are meant.
    func targets(pythons: [String], platforms: [String]) async throws -> TargetFinder.Found {
        try await TargetFinder(finder: finder).find(pythons: pythons, platforms: platforms)
    }

    /// Asks indexes, building what has to be built, and closes the connections afterwards.
    ///
    /// - Parameter interpreter: whose pip knows the default index.
    func withSource<Value: Sendable>(
        _ index: IndexOptions, _ resolution: ResolutionOptions, of interpreter: Interpreter,
        _ work: (BuildingSource) async throws -> Value
    ) async throws -> Value {
        let client = try await client(index, for: interpreter)
        let builder = builder(index, resolution) { client }
        finishedClients.withLock { $0.append(client) }
        do {
            let value = try await work(BuildingSource(client: client, builder: builder, interpreter: interpreter))
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    func builder(
        _ index: IndexOptions, _ resolution: ResolutionOptions,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) -> SourceBuilder {
        var options = SourceBuildOptions()
        options.resolution = resolution
        options.isOffline = index.isOffline
        return SourceBuilder(
            cache: cache, finder: finder, environment: environment, options: options, progress: progress,
            openClient: openClient)
    }

    func client(_ options: IndexOptions, for interpreter: Interpreter) async throws -> PackageIndexClient {
        let configuration = try await IndexConfiguration.discover(options: options, environment: environment) {
            try await finder.defaultIndex(of: interpreter)
        }
        for warning in configuration.warnings { progress(.warning(warning)) }
        // Held to the end of this process: what is fetched is not pruned before it is used.
        if let use = try? await cache.use() { usesOfCache.withLock { $0.append(use) } }
        return PackageIndexClient(configuration: configuration, cache: cache, progress: progress)
    }
}

extension PackageWorkshop {
    /// Does work with a workshop, telling how it goes on standard error unless only results are wanted.
    static func open<Value: Sendable>(
        _ session: StandaloneSession, quiet: Bool, _ work: @escaping @Sendable (PackageWorkshop) async throws -> Value
    ) throws -> Value {
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        let workshop = try PackageWorkshop(session, progress: progress.sink(quiet: quiet))
        return try waitingUnlessInterrupted { try await work(workshop) }
    }
}

/// Clients of this process, kept to its end, which is near: unmapping their pages one by one would take longer than the
/// system takes for all at once.
private let finishedClients = Mutex<[PackageIndexClient]>([])

private let usesOfCache = Mutex<[CacheLock]>([])
