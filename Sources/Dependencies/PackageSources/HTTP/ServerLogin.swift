/// Credentials that were stored for a server, or for what is below one of its addresses.
package struct ServerLogin: Sendable {
    /// In lower case; `host:port` for that port only; `*.example.org` for `example.org` and every host below it.
    package var host: String
    /// `/channel` for what is there and below; empty for everything.
    package var path: String
    package var credentials: Credentials
    /// What entries of the keyring may be called where the password is not known, beside the address and the host.
    package var keyringServices: [String]

    package init(host: String, path: String = "", credentials: Credentials, keyringServices: [String] = []) {
        self.host = host.lowercased()
        self.path = path
        self.credentials = credentials
        self.keyringServices = keyringServices
    }

    func fits(_ address: IndexAddress) -> Bool {
        guard Self.fits(host, address.host, address.hostAndPort) else { return false }
        guard !path.isEmpty else { return true }
        // What follows the server's name.
        let rest = address.url.dropFirst(address.scheme.utf8.count + 3).drop { $0 != "/" }
        return rest == path || rest.hasPrefix(path + "/")
    }

    /// Whether a name that logins are stored by stands for a host.
    package static func fits(_ name: String, _ host: String, _ hostAndPort: String) -> Bool {
        guard name.hasPrefix("*.") else { return name == host || name == hostAndPort }
        return host == name.dropFirst(2) || host.hasSuffix(name.dropFirst())
    }

    /// How much is said by host and path: exact hosts before others, then the longest.
    package var rank: (Int, Int, Int) { (host.hasPrefix("*.") ? 0 : 1, host.utf8.count, path.utf8.count) }
}
