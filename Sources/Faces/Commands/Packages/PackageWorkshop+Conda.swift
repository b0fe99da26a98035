import CondaChannels
import Diagnostics
import Environments
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution
import SystemPackage

// Environments whose Python is a conda package.
extension PackageWorkshop {
    /// Makes the environment of a lock with conda packages; their Python is the environment's, whatever the machine has.
    func buildConda(
        _ lock: PyLock, relativeTo folder: FilePath, indexes: IndexOptions, at place: FilePath?, archives: ArchiveSupply?,
        compilesBytecode: Bool, linkScripts: LinkScriptPolicy?
    ) async throws -> BuiltEnvironment {
        let target = try await condaTarget(of: lock)
        let index = OpenedOnceHere { try await client(indexes, for: try await finder.offline(indexes.isOffline).find()) }
        let channels = OpenedOnceHere { try await channelClient(indexes) }
        let builder = builder(indexes, ResolutionOptions(asIn: lock.origin)) { try await index.value() }
        let compiles = compilesBytecode || OptionVariables.isTrue(environment["PENSTOCK_COMPILE_BYTECODE"] ?? "")
        var store = EnvironmentStore(cache: cache, builder: builder, compilesBytecode: compiles, progress: progress)
        store.supply = archives
        store.conda = try CondaInstallOptions(environment: environment, linkScripts: linkScripts)
        func close() async {
            if let client = try? await index.opened() { await client.shutdown() }
            if let client = try? await channels.opened() { await client.shutdown() }
        }
        do {
            let built =
                if let place {
                    try await store.create(
                        lock, for: target, at: place, relativeTo: folder, finder: finder,
                        openArchives: { try await channels.value().archives }, openClient: { try await index.value() })
                } else {
                    try await store.ensure(
                        lock, for: target, relativeTo: folder, finder: finder,
                        openArchives: { try await channels.value().archives }, openClient: { try await index.value() })
                }
            await close()
            for warning in built.warnings { progress(.warning("\(warning)")) }
            return built
        } catch {
            await close()
            throw error
        }
    }

    /// What of a lock with conda packages this machine installs.
    func condaTarget(of lock: PyLock) async throws -> LockTarget {
        let platform = await platformHere()
        if let target = lock.condaTarget(onPlatform: platform) { return target }
        throw LockError(
            file: "pylock.toml", keyPath: "tool.penstock.conda.packages",
            problem: .unsuitable("there is no python among its conda packages for \(platform)"))
    }

    /// The platform of this machine, as its Python tells it; as its C library does where there is none.
    func platformHere() async -> String {
        (try? await finder.findHere())?.target.platformName ?? MachinePlatform.name
    }

    /// The client of the channels that the machine is configured for.
    func channelClient(_ indexes: IndexOptions) async throws -> ChannelClient {
        let settings = try ChannelSettings.discover(options: ChannelOptions(), environment: environment)
        for warning in settings.warnings { progress(.warning(warning)) }
        return ChannelClient(
            settings: settings, connections: try ChannelClient.connections(options: indexes, environment: environment),
            cache: cache, progress: progress)
    }
}

/// Something that is made when it is asked for, and once.
private actor OpenedOnceHere<Value: Sendable> {
    private let open: @Sendable () async throws -> Value
    private var opening: Task<Value, any Error>?

    init(_ open: @escaping @Sendable () async throws -> Value) { self.open = open }

    func value() async throws -> Value {
        if let opening { return try await opening.value }
        let task = Task { [open] in try await open() }
        opening = task
        return try await task.value
    }

    /// `nil` where nobody has asked.
    func opened() async throws -> Value? { try await opening?.value }
}
