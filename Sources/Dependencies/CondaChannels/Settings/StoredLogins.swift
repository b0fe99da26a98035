import CondaPackaging
import PackageSources

/// What tools of conda have stored to be let in by servers of channels. Its text says nothing of it.
public struct StoredLogins: Sendable, CustomStringConvertible {
    /// What is shown to a server.
    enum Secret: Sendable {
        /// Without a password where only the keyring knows it.
        case basic(user: String, password: String?)
        /// In the header `Authorization`.
        case bearer(String)
        /// In the path: `/t/TOKEN/…`
        case token(String)
    }

    struct Entry: Sendable {
        /// As in `ServerLogin`.
        var host: String
        var path = ""
        var secret: Secret
        var keyringServices: [String] = []
    }

    /// Those of higher rank first.
    var entries: [Entry] = []

    public init() {}

    public var description: String { "\(entries.count) stored logins" }

    /// Those that are sent in a header.
    var serverLogins: [ServerLogin] {
        entries.compactMap { entry in
            let credentials: Credentials
            switch entry.secret {
            case .basic(let user, let password): credentials = Credentials(user: user, password: password)
            case .bearer(let token): credentials = Credentials(bearer: token)
            case .token: return nil
            }
            return ServerLogin(host: entry.host, path: entry.path, credentials: credentials, keyringServices: entry.keyringServices)
        }
    }

    /// The token that goes into the path of an address; the one that is stored for the longest part of it.
    func token(for url: String) -> String? {
        guard let place = ServerPlace(url) else { return nil }
        var best: (login: ServerLogin, token: String)?
        for entry in entries {
            guard case .token(let token) = entry.secret else { continue }
            let login = ServerLogin(host: entry.host, path: entry.path, credentials: Credentials(bearer: ""))
            guard ServerLogin.fits(login.host, place.host, place.hostAndPort), place.isBelow(entry.path) else { continue }
            if best.map({ $0.login.rank < login.rank }) ?? true { best = (login, token) }
        }
        return best?.token
    }
}

/// The server and the path of an address.
struct ServerPlace {
    /// In lower case, without the port.
    let host: String
    let hostAndPort: String
    /// Begins with a slash and does not end with one; empty for none.
    let path: String

    /// `nil` for files, and for what is no address.
    init?(_ url: String) {
        guard let mark = url.firstRange(of: "://") else { return nil }
        let rest = url[mark.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var server = rest[..<slash].lowercased()
        if let at = server.lastIndex(of: "@") { server = String(server[server.index(after: at)...]) }
        guard !server.isEmpty else { return nil }
        hostAndPort = server
        let colon = server.lastIndex(of: ":")
        let isPort = colon.map { server[server.index(after: $0)...].allSatisfy(\.isNumber) } ?? false
        host = isPort ? colon.map { String(server[..<$0]) } ?? server : server
        var path = rest[slash...]
        while path.last == "/" { path.removeLast() }
        self.path = String(path)
    }

    func isBelow(_ other: String) -> Bool { other.isEmpty || path == other || path.hasPrefix(other + "/") }
}
