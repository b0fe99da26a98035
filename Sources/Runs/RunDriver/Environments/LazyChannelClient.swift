import CondaChannels
import CondaPackaging
import Diagnostics
import Lockfiles
import PackageSources

/// The client of the conda channels, made when something has to be asked and not before.
actor LazyChannelClient {
    private let options: IndexOptions
    private let environment: [String: String]
    private let cache: CacheDirectory
    /// Where relative paths of channels begin.
    private let folder: String
    private let progress: ProgressSink
    private var opened: ChannelClient?
    /// Keeps what is fetched from being pruned before it is used.
    private var use: CacheLock?

    /// - Parameter options: Of them only how servers are reached counts.
    init(
        options: IndexOptions, environment: [String: String], cache: CacheDirectory, folder: String,
        progress: @escaping ProgressSink
    ) {
        self.options = options
        self.environment = environment
        self.cache = cache
        self.folder = folder
        self.progress = progress
    }

    /// The client, with the channels that the machine is configured for.
    func client() async throws -> ChannelClient {
        if let opened { return opened }
        let settings = try settings()
        for warning in settings.warnings { progress(.warning(warning)) }
        let client = ChannelClient(
            settings: settings, connections: try ChannelClient.connections(options: options, environment: environment),
            cache: cache, progress: progress)
        // Two callers at once: the first one's counts.
        if let opened { return opened }
        opened = client
        use = try? await cache.use()
        return client
    }

    private nonisolated func settings() throws -> ChannelSettings {
        var channels = ChannelOptions()
        channels.folder = folder
        return try ChannelSettings.discover(options: channels, environment: environment)
    }

    /// What tells a step from a lock that has the packages of other channels. Where a channel is, each machine has configured
    /// for itself, so that names count: `conda-forge` of one server is that of another.
    ///
    /// - Parameter locked: the addresses of the lock's channels, the first one first.
    nonisolated func difference(of conda: CondaWish, from locked: [String]) throws -> LockDifference? {
        guard !conda.channels.isEmpty else { return nil }
        let now = try settings().channels(named: conda.channels, origin: "the flow's channels=").map(\.baseURL)
        func names(_ addresses: [String]) -> [Substring?] { addresses.map { $0.split(separator: "/").last } }
        guard names(now) != names(locked), names(conda.channels) != names(locked) else { return nil }
        return LockDifference(
            .channel,
            "conda packages come from \(now.joined(separator: ", ")) now, and came from "
                + "\(locked.joined(separator: ", ")) when the lock was made")
    }

    /// The channels that a step names; those that the machine is configured for where it names none.
    func channels(of conda: CondaWish, in client: ChannelClient) throws -> [CondaChannel] {
        guard !conda.channels.isEmpty else { return try client.settings.channels() }
        return try client.settings.channels(named: conda.channels, origin: "the flow's channels=")
    }

    func shutdown() async {
        await opened?.shutdown()
        opened = nil
        use?.release()
        use = nil
    }
}
