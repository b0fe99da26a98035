import Archives
import CondaChannels
import CondaPackaging
import CondaPrefixes
import CondaSolving
public import Diagnostics
import Digests
import Environments
public import Interpreters
import Lockfiles
public import PackageSources
import Resolution
public import SystemPackage

/// Pythons of conda channels, for steps and commands that take their packages from indexes: one stands in where the machine has
/// none of the version.
///
/// Such a Python is installed once, with what it depends on, into a folder among the fetched Pythons, where it is found from then
/// on as they are. A channel is asked only if the person has configured one (`PENSTOCK_CONDA_CHANNELS`, `.condarc` and the like), and not
/// if `PENSTOCK_PYTHON_FETCH` is `never` or `manual`.
public struct ChannelPythons: PythonSupply {
    private let environment: [String: String]
    private let cache: CacheDirectory
    private let connections: IndexOptions
    private let folder: String?
    private let progress: ProgressSink

    /// - Parameters:
    ///   - environment: the variables of the process.
    ///   - connections: of them only how servers are reached counts.
    ///   - folder: where relative paths of channels begin.
    ///   - progress: hears of solving, fetching and linking.
    public init(
        environment: [String: String], cache: CacheDirectory, connections: IndexOptions = IndexOptions(), folder: String? = nil,
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.environment = environment
        self.cache = cache
        self.connections = connections
        self.folder = folder
        self.progress = progress
    }

    public func python(for request: InterpreterRequest, isOffline: Bool) async throws -> FilePath? {
        let word = environment["PENSTOCK_PYTHON_FETCH"]?.lowercased()
        guard word != "never", word != "manual", let requirement = request.condaRequirement, let subdir = Subdir.ofThisMachine
        else { return nil }
        var options = ChannelOptions()
        options.folder = folder
        let settings = try ChannelSettings.discover(options: options, environment: environment)
        guard settings.isConfigured else { return nil }
        var connections = self.connections
        if isOffline { connections.isOffline = true }
        do {
            return try await python(requirement, on: subdir, settings, connections)
        } catch {
            if error is CancellationError { throw error }
            throw ChannelPythonError(
                channels: ((try? settings.channels()) ?? []).map(\.name), origin: settings.channelsOrigin, cause: error)
        }
    }

    private func python(
        _ requirement: CondaRequirement, on subdir: Subdir, _ settings: ChannelSettings, _ connections: IndexOptions
    ) async throws -> FilePath {
        let client = ChannelClient(
            settings: settings, connections: try ChannelClient.connections(options: connections, environment: environment),
            cache: cache, progress: progress)
        do {
            let solution = try await solution(requirement, on: subdir, client)
            let python = try await installed(solution, client)
            await client.shutdown()
            return python
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func solution(
        _ requirement: CondaRequirement, on subdir: Subdir, _ client: ChannelClient
    ) async throws -> PythonSolution {
        var facts = await SystemFacts.ofThisMachine(environment: environment)
        try facts.apply(overridesIn: environment)
        let target = CondaTarget(subdir: subdir, virtualPackages: facts.virtualPackages(on: subdir))
        var request = CondaRequest([requirement], channels: try client.settings.channels())
        request.options.channelPriority = .init(rawValue: client.settings.priority.rawValue) ?? .strict
        // What is being solved is told when it is installed.
        let packages = try await CondaResolver(source: client).packages(for: request, on: target)
        return PythonSolution(packages, to: request, on: target)
    }

    /// Of all processes that want it one installs it, the others wait for it.
    private func installed(_ solution: PythonSolution, _ client: ChannelClient) async throws -> FilePath {
        let store = try FetchedPythons(environment: environment)
        let place = store.place(of: solution.name)
        if let present = FetchedPythons.python(in: place) { return present }
        try await BlockingWork.run { () throws(PythonFetchError) in try store.prepare() }
        let lock = try await store.lock(solution.name) { progress(.note("another process installs \(solution.title); waiting for it")) }
        defer { lock.release() }
        if let present = FetchedPythons.python(in: place) { return present }
        await BlockingWork.run { store.sweep(held: solution.name) }
        progress(.note("installing \(solution.title), since there is no such Python on this machine"))
        var environments = EnvironmentStore(cache: cache, progress: progress)
        environments.conda = try CondaInstallOptions(environment: environment)
        let built = try await environments.create(
            solution.lock, for: solution.target, at: place, finder: InterpreterFinder(environment: environment, cache: cache),
            openArchives: { client.archives }, openClient: { throw CancellationError() })
        for warning in built.warnings { progress(.warning("\(warning)")) }
        return built.python
    }
}
