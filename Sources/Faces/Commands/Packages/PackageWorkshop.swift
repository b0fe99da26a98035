import Diagnostics
import Environments
import Interpreters
import Lockfiles
import PackageSources
import Resolution
import SystemPackage

/// Interpreters, indexes, cache and environments for the commands that need no flow.
struct PackageWorkshop: Sendable {
    /// `nil` if only results are wanted.
    let progress: ProgressRenderer?
    private let environment: [String: String]
    private let options: IndexOptions
    private let cache: CacheDirectory
    private let finder: InterpreterFinder

    init(_ session: StandaloneSession, index options: IndexOptions, quiet: Bool = false) throws {
        environment = session.environment
        self.options = options
        progress = quiet ? nil : ProgressRenderer(session.error)
        cache = try CacheDirectory.discover(environment: session.environment)
        finder = InterpreterFinder(environment: session.environment, cache: cache)
    }

    private var sink: ProgressSink {
        if let progress { progress.sink } else { { _ in } }
    }

    /// The targets that are meant.
    func targets(_ target: TargetArguments) async throws -> TargetFinder.Found {
        try await TargetFinder(finder: finder).find(
            pythons: [target.python].compactMap(\.self), platforms: [target.platform].compactMap(\.self))
    }

    /// The packages for each target.
    func answers(
        _ request: ResolutionRequest, for target: TargetArguments, options: ResolutionOptions
    ) async throws -> [TargetAnswer] {
        let found = try await targets(target)
        let client = try await client(for: found.interpreter)
        do {
            let resolver = LockResolver(source: client, options: options, progress: sink)
            let answers = try await resolver.answers(request, for: found.targets)
            await client.shutdown()
            return answers
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Resolves requirements for a Python of this machine.
    func resolve(_ requirements: [RootRequirement], python: String?) async throws -> PyLock {
        let interpreter = try await interpreter(python)
        let client = try await client(for: interpreter)
        do {
            let resolver = Resolver(source: client, target: interpreter.target, progress: sink)
            let lock = try await resolver.resolve(requirements)
            await client.shutdown()
            return lock
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Makes the environment of a lock: at a place, or in the cache unless it is there.
    func build(_ lock: PyLock, python: String?, at place: FilePath?) async throws -> BuiltEnvironment {
        let request = python ?? lock.origin?.python
        let interpreter = try await interpreter(request)
        let store = EnvironmentStore(cache: cache, progress: sink)
        let opened = OpenedClient()
        do {
            let open: @Sendable () async throws -> PackageIndexClient = {
                await opened.keep(try await client(for: interpreter))
            }
            let built =
                if let place {
                    try await store.create(lock, interpreter: interpreter, at: place, openClient: open)
                } else {
                    try await store.ensure(lock, interpreter: interpreter, openClient: open)
                }
            await opened.shutdown()
            for warning in built.warnings { sink(.warning("\(warning)")) }
            return built
        } catch {
            await opened.shutdown()
            throw error
        }
    }

    private func interpreter(_ request: String?) async throws -> Interpreter {
        try await finder.find(try request.map { text throws in try InterpreterRequest(parsing: text) })
    }

    private func client(for interpreter: Interpreter) async throws -> PackageIndexClient {
        let configuration = try await IndexConfiguration.discover(options: options, environment: environment) {
            try await finder.defaultIndex(of: interpreter)
        }
        for warning in configuration.warnings { sink(.warning(warning)) }
        return PackageIndexClient(configuration: configuration, cache: cache, progress: sink)
    }
}

/// The client that a build opened, to be closed afterwards.
private actor OpenedClient {
    private var client: PackageIndexClient?

    func keep(_ client: PackageIndexClient) -> PackageIndexClient {
        self.client = client
        return client
    }

    func shutdown() async {
        await client?.shutdown()
        client = nil
    }
}
