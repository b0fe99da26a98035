/// Who is who: the credentials for an address, from the addresses of the indexes and from netrc.
struct CredentialStore: Sendable {
    private let indexes: [(address: IndexAddress, credentials: Credentials)]
    private let netrc: NetrcFile

    init(_ configuration: IndexConfiguration) {
        // The longest address first: two indexes of one host may have different users.
        indexes = configuration.indexes
            .compactMap { index in index.address.credentials.map { (index.address, $0) } }
            .sorted { $0.0.url.utf8.count > $1.0.url.utf8.count }
        netrc = configuration.netrc
    }

    /// Credentials in the address itself; else those of an index of the same scheme, host and port, if possible one whose
    /// address this one begins with; else those that netrc has for the host.
    func credentials(for address: IndexAddress) -> Credentials? {
        if let own = address.credentials { return own }
        let same = indexes.filter { $0.address.origin == address.origin }
        let match = same.first { address.url == $0.address.url || address.url.hasPrefix($0.address.url + "/") }
        return (match ?? same.first)?.credentials ?? netrc.credentials(for: address.host)
    }
}
