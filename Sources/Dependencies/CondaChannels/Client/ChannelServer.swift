import CondaPackaging
import PackageSources
import Synchronization

/// Everything that is asked over: settings, connections, and which channels are known with their credentials.
final class ChannelServer: Sendable {
    let settings: ChannelSettings
    let client: PackageIndexClient
    let cache: CacheDirectory
    let options: HTTPOptions
    private let known: Mutex<[CondaChannel]>

    init(_ settings: ChannelSettings, _ client: PackageIndexClient, _ cache: CacheDirectory, _ options: HTTPOptions) {
        self.settings = settings
        self.client = client
        self.cache = cache
        self.options = options
        known = Mutex((try? settings.channels()) ?? [])
    }

    var isOffline: Bool { client.configuration.isOffline }
    var isRefreshed: Bool { client.configuration.refresh == .all }

    /// Remembers channels, so that their archives are asked for with their credentials and at their mirrors.
    func remember(_ channels: [CondaChannel]) {
        known.withLock { known in
            for channel in channels where !known.contains(channel) { known.append(channel) }
        }
    }

    /// The known channel that something belongs to.
    ///
    /// Of two channels one of which is inside the other the inner one; one with credentials rather than one without.
    func channel(of url: String) -> CondaChannel? {
        known.withLock { $0 }.filter { $0.path(in: url) != nil }
            .max { ($0.baseURL.utf8.count, $0.credentials == nil ? 0 : 1) < ($1.baseURL.utf8.count, $1.credentials == nil ? 0 : 1) }
    }

    /// At which URLs something is to be asked for, in turn: at the mirrors of the channel that it belongs to, with the
    /// credentials of that channel.
    func requestURLs(of url: String) throws(CondaChannelError) -> [String] {
        guard let owner = channel(of: url), let path = owner.path(in: url) else {
            return [CondaChannel.adding(settings.logins.token(for: url).map(ChannelCredentials.token), to: url)]
        }
        return try settings.addresses(of: owner).map { $0.requestURL(path) }
    }
}
