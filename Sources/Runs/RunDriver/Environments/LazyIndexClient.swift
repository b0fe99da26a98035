import Diagnostics
import Interpreters
import PackageSources

/// The client of the package indexes, made when something has to be asked and not before.
actor LazyIndexClient {
    private let options: IndexOptions
    private let environment: [String: String]
    private let cache: CacheDirectory
    private let finder: InterpreterFinder
    private let progress: ProgressSink
    private var opening: Task<PackageIndexClient, any Error>?

    init(
        options: IndexOptions, environment: [String: String], cache: CacheDirectory, finder: InterpreterFinder,
        progress: @escaping ProgressSink
    ) {
        self.options = options
        self.environment = environment
        self.cache = cache
        self.finder = finder
        self.progress = progress
    }

    /// The client. Which indexes are asked is found out the first time.
    ///
    /// - Parameter interpreter: whose pip names the default index if nothing is configured (architecture, decision 6).
    func client(for interpreter: Interpreter) async throws -> PackageIndexClient {
        if let opening { return try await opening.value }
        let task = Task { try await open(for: interpreter) }
        opening = task
        return try await task.value
    }

    func shutdown() async {
        if let client = try? await opening?.value { await client.shutdown() }
        opening = nil
    }

    private func open(for interpreter: Interpreter) async throws -> PackageIndexClient {
        let finder = self.finder
        let configuration = try await IndexConfiguration.discover(options: options, environment: environment) {
            try await finder.defaultIndex(of: interpreter)
        }
        for warning in configuration.warnings { progress(.warning(warning)) }
        return PackageIndexClient(configuration: configuration, cache: cache, progress: progress)
    }
}
