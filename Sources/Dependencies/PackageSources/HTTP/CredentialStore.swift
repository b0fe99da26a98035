import Diagnostics
import Synchronization

/// Who is who: the credentials for an address, from the addresses of the indexes, from what other tools have stored, from netrc,
/// and from a keyring.
final class CredentialStore: Sendable {
    private let indexes: [IndexAddress]
    /// Those that say most first.
    private let logins: [ServerLogin]
    private let netrc: NetrcFile
    private let keyring: KeyringCommand?
    private let progress: ProgressSink
    private let questions = Flights<Question, Credentials?>()
    /// Whether something about the keyring was said already.
    private let isTold = Mutex(false)

    /// A host is asked for once, for each user.
    private struct Question: Hashable, Sendable {
        var origin: IndexAddress.Origin
        var user: String?
    }

    init(_ configuration: IndexConfiguration, _ progress: @escaping ProgressSink) {
        // The longest address first: two indexes of one host may have different users.
        indexes = configuration.allIndexes.map(\.address).sorted { $0.url.utf8.count > $1.url.utf8.count }
        // Of two that say as much the first one counts.
        logins = configuration.logins.enumerated().sorted { one, other in
            one.element.rank == other.element.rank ? one.offset < other.offset : one.element.rank > other.element.rank
        }.map(\.element)
        netrc = configuration.netrc
        keyring = configuration.keyring
        self.progress = progress
    }

    /// What is sent unasked: the credentials in the address itself; else those of an index of the same scheme, host and port,
    /// if possible one whose address this one begins with; else those that other tools have stored or netrc has for the host, or
    /// the keyring has for a user that is named without a password.
    func credentials(for address: IndexAddress) async -> Credentials? {
        guard let known = known(for: address) else {
            return keyring == nil ? nil : (questions[Question(origin: address.origin)] ?? nil)
        }
        guard known.password == nil, keyring != nil else { return known }
        return await ask(address, user: known.user) ?? known
    }

    /// What may help after a server wanted credentials (status 401); `nil` for nothing.
    func credentials(for address: IndexAddress, after refused: Credentials?) async -> Credentials? {
        guard keyring != nil, refused == nil else { return nil }
        return await ask(address, user: nil)
    }

    private func known(for address: IndexAddress) -> Credentials? {
        if let own = address.credentials { return own }
        let same = indexes.filter { $0.credentials != nil && $0.origin == address.origin }
        let match = same.first { address.url == $0.url || address.url.hasPrefix($0.url + "/") }
        guard let found = (match ?? same.first)?.credentials ?? login(for: address)?.credentials else {
            return netrc.credentials(for: address.host)
        }
        // A user without a password may have one in netrc.
        if found.password == nil, let other = netrc.credentials(for: address.host), other.user == found.user { return other }
        return found
    }

    private func login(for address: IndexAddress) -> ServerLogin? { logins.first { $0.fits(address) } }

    private func ask(_ address: IndexAddress, user: String?) async -> Credentials? {
        guard let keyring else { return nil }
        let index = indexes.first { $0.origin == address.origin && address.url.hasPrefix($0.url) }
        let question = Question(origin: address.origin, user: user)
        let stored = login(for: address).map { $0.credentials.user == user ? $0.keyringServices : [] } ?? []
        let services = stored + [index?.url ?? address.originURL, address.hostAndPort]
        let answer = try? await questions.value(for: question) { () async throws(PackageSourceError) in
            switch await keyring.ask(services, user: user) {
            case .found(let credentials): return credentials
            case .nothing: return nil
            case .failed(let words):
                if !self.isTold.withLock({ told in defer { told = true }; return told }) {
                    self.progress(.warning("The keyring \(words)"))
                }
                return nil
            }
        }
        return answer ?? nil
    }
}
