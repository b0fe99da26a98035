public import CondaPackaging
public import Diagnostics
public import PackageSources

/// Asks conda channels, through the cache.
///
/// Making one costs nothing; end with `shutdown()`.
public final class ChannelClient: Sendable {
    public let settings: ChannelSettings
    /// The archives of the channels.
    public let archives: CondaArchiveSource
    private let server: ChannelServer
    private let fetcher: RepodataFetcher

    /// - Parameters:
    ///   - settings: Which channels there are.
    ///   - connections: How servers are reached: what `ChannelClient.connections` gives.
    ///   - options: How requests are made.
    ///   - progress: Is told what is fetched.
    public init(
        settings: ChannelSettings, connections: IndexConfiguration, cache: CacheDirectory, options: HTTPOptions = .init(),
        progress: @escaping ProgressSink = { _ in }
    ) {
        var connections = connections
        connections.logins += settings.logins.serverLogins
        let client = PackageIndexClient(configuration: connections, cache: cache, options: options, progress: progress)
        self.settings = settings
        server = ChannelServer(settings, client, cache, options)
        archives = CondaArchiveSource(server)
        fetcher = RepodataFetcher(server)
    }

    /// How servers are reached, as the person has configured it for indexes too: passwords of netrc and keyring, proxies,
    /// certificates, whether the network may be used, and what is to be asked for again.
    ///
    /// - Parameter options: As for indexes of Python packages; what they say of these is passed over.
    public static func connections(
        options: IndexOptions = .init(), environment: [String: String]
    ) throws(CondaChannelError) -> IndexConfiguration {
        do throws(PackageSourceError) {
            return try IndexConfiguration.servers([], options: options, environment: environment)
        } catch {
            throw .cache(error)
        }
    }

    /// Ends connections and requests under way. The client is of no use afterwards.
    public func shutdown() async { await server.client.shutdown() }

    /// What channels offer for a platform: for each channel, in order, what its subdir has and what its `noarch` has. A folder
    /// that a channel does not have is left out.
    ///
    /// - Throws: `.missing` for a channel that has neither.
    public func contents(of channels: [CondaChannel], for subdir: Subdir) async throws(CondaChannelError) -> [ChannelContent] {
        server.remember(channels)
        let subdirs = subdir == .noarch ? [subdir] : [subdir, .noarch]
        let fetcher = fetcher
        var found: [Int: ChannelContent] = [:]
        do {
            found = try await withThrowingTaskGroup(of: (Int, ChannelContent?).self) { group in
                for (place, channel) in channels.enumerated() {
                    for (part, subdir) in subdirs.enumerated() {
                        group.addTask { (place * subdirs.count + part, try await fetcher.content(of: channel, subdir)) }
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        } catch {
            throw error as? CondaChannelError ?? .cancelled
        }
        for (place, channel) in channels.enumerated() {
            let isThere = subdirs.indices.contains { found[place * subdirs.count + $0] != nil }
            guard isThere else { throw .missing(channel: channel.name, url: channel.baseURL, subdirs: subdirs) }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Fetches the records of packages where repodata is sharded, many at once; what is loaded is not fetched again.
    /// Does nothing for whole repodata.
    public func load(_ names: some Collection<CondaName>, in contents: [ChannelContent]) async throws(CondaChannelError) {
        let orders = contents.flatMap { content in
            Set(names).filter { !content.isLoaded($0) }.sorted { $0.description < $1.description }.map { (content, $0) }
        }
        guard !orders.isEmpty else { return }
        let fetcher = fetcher
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (content, name) in orders { group.addTask { try await fetcher.loadShard(of: name, in: content) } }
                try await group.waitForAll()
            }
        } catch {
            throw error as? CondaChannelError ?? .cancelled
        }
    }
}
