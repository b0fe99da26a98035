import Diagnostics
import PackageSources

/// The client of the package indexes, made when something has to be asked and not before.
actor LazyIndexClient {
    private let options: IndexOptions
    private let environment: [String: String]
    private let cache: CacheDirectory
    private let progress: ProgressSink
    private var opening: Task<PackageIndexClient, any Error>?
    /// Keeps what is fetched from being pruned before it is used.
    private var use: CacheLock?

    init(
        options: IndexOptions, environment: [String: String], cache: CacheDirectory, progress: @escaping ProgressSink
    ) {
        self.options = options
        self.environment = environment
        self.cache = cache
        self.progress = progress
    }

    /// The client. Which indexes are asked is found out the first time.
    ///
    /// - Parameter defaultIndex: asked if nothing is configured.
    func client(defaultIndex: @escaping @Sendable () async throws -> String) async throws -> PackageIndexClient {
        if let opening { return try await opening.value }
        let task = Task { try await open(defaultIndex) }
        opening = task
        return try await task.value
    }

    func shutdown() async {
        if let client = try? await opening?.value { await client.shutdown() }
        opening = nil
        use?.release()
        use = nil
    }

    private func open(_ defaultIndex: @escaping @Sendable () async throws -> String) async throws -> PackageIndexClient {
        let configuration = try await IndexConfiguration.discover(
            options: options, environment: environment, defaultIndex: defaultIndex)
        for warning in configuration.warnings { progress(.warning(warning)) }
        use = try? await cache.use()
        return PackageIndexClient(configuration: configuration, cache: cache, progress: progress)
    }
}
