import FoundationEssentials

/// The address of a package index, a file or a proxy, apart from the credentials that were written into it.
public struct IndexAddress: Sendable, Hashable {
    /// The address without credentials and fragment.
    public let url: String
    /// `https`, `http`, `file`, …
    public let scheme: String
    /// In lower case and in ASCII; without brackets for IPv6. Empty for `file:`.
    public let host: String
    /// The port that is used, stated or by scheme.
    public let port: Int
    private let hasStatedPort: Bool
    /// What stood before `@`, percent-decoded.
    public let credentials: Credentials?

    /// Reads an absolute address; `nil` if it has no scheme, or no host where its scheme wants one.
    public init?(parsing text: String) {
        let address = InternationalHost.encodingHost(of: text.trimmedASCII)
        guard let parts = URLComponents(string: address), let scheme = parts.scheme?.lowercased() else { return nil }
        if scheme == "file" { self.init(file: parts) } else { self.init(parts, scheme) }
    }

    private init?(_ all: URLComponents, _ scheme: String) {
        var parts = all
        guard let host = parts.encodedHost.flatMap({ percentDecoded($0[...]) }), !host.isEmpty else { return nil }
        credentials = parts.user.map { Credentials(user: $0, password: all.password) }
        parts.user = nil
        parts.password = nil
        parts.fragment = nil
        guard let url = parts.string else { return nil }
        self.url = url
        self.scheme = scheme
        self.host = host.lowercased().trimming(brackets: true)
        hasStatedPort = parts.port != nil
        port = parts.port ?? (scheme == "http" ? 80 : 443)
    }

    private init?(file parts: URLComponents) {
        guard ["", "localhost"].contains(parts.encodedHost ?? ""), parts.user == nil, parts.path.hasPrefix("/") else { return nil }
        url = "file://\(parts.percentEncodedPath)"
        scheme = "file"
        host = ""
        port = 0
        hasStatedPort = false
        credentials = nil
    }

    private init(_ other: IndexAddress, url: String, credentials: Credentials?) {
        self.url = url
        scheme = other.scheme
        host = other.host
        port = other.port
        hasStatedPort = other.hasStatedPort
        self.credentials = credentials
    }

    /// Whether files can be had from there.
    var isFetchable: Bool { scheme == "https" || scheme == "http" || isFile }

    var isFile: Bool { scheme == "file" }

    /// Where no port is stated, proxies listen somewhere else than web servers.
    var proxyPort: Int {
        if hasStatedPort { return port }
        return scheme.hasPrefix("socks") ? 1080 : port
    }

    /// The same address with other credentials.
    func with(_ credentials: Credentials) -> IndexAddress {
        IndexAddress(self, url: url, credentials: credentials)
    }

    /// The same address without slashes at its end: what the names of projects are put behind.
    var asBase: IndexAddress {
        IndexAddress(self, url: String(url.reversed().drop { $0 == "/" }.reversed()), credentials: credentials)
    }

    /// `https://host:port`, with the port where it is not the usual one.
    var originURL: String { "\(scheme)://\(hostAndPort)" }

    /// `host`, or `host:port` where the port is not the usual one.
    var hostAndPort: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (scheme == "http" ? 80 : 443) ? name : "\(name):\(port)"
    }

    /// For messages: says that there are credentials, or a signature, not which.
    public var redacted: String {
        let url = withoutToken
        guard credentials != nil, let slashes = url.firstRange(of: "://") else { return url }
        return "\(url[..<slashes.upperBound])****@\(url[slashes.upperBound...])"
    }

    /// Channels of conda take a token in front of the path: `https://host/t/TOKEN/…`.
    private var withoutToken: String {
        let url = withoutSignature
        // Two slashes stand in front of the host.
        guard !isFile, let mark = url.firstRange(of: "/t/"), url[..<mark.lowerBound].utf8.filter({ $0 == UInt8(ascii: "/") }).count == 2
        else { return url }
        let rest = url[mark.upperBound...]
        return "\(url[..<mark.upperBound])****\(rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...])"
    }

    /// An address that anybody may fetch who knows it has a secret in its query.
    private var withoutSignature: String {
        guard let mark = url.firstIndex(of: "?") else { return url }
        let isSecret = url[mark...].dropFirst().split(separator: "&").contains { item in
            let name = item.prefix { $0 != "=" }.lowercased()
            return name == "sig" || ["signature", "credential", "token", "secret", "password"].contains { name.contains($0) }
        }
        return isSecret ? "\(url[..<mark])?****" : url
    }

    /// The address itself without anything secret; short and good for a folder's name.
    package var origin: Origin { Origin(scheme: scheme, host: host, port: port) }

    /// Who answers: credentials are given to the same origin only.
    package struct Origin: Hashable, Sendable {
        var scheme: String
        var host: String
        var port: Int
    }
}

extension IndexAddress: CustomStringConvertible {
    public var description: String { redacted }
}

/// A user and a password (or token) for HTTP Basic authentication; or a token that is sent alone.
public struct Credentials: Sendable, Hashable {
    public let user: String
    /// `nil` where only the user is known; a keyring may know more.
    package let password: String?
    /// Whether the password is a token for HTTP Bearer authentication, which has no user (RFC 6750).
    package let isBearer: Bool

    public init(user: String, password: String?) {
        self.user = user
        self.password = password
        isBearer = false
    }

    package init(bearer token: String) {
        user = ""
        password = token
        isBearer = true
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { "****" }
    public var debugDescription: String { "****" }
}

/// Any text that may hold an address with credentials, made fit for a message.
func redacting(_ text: String) -> String {
    if let address = IndexAddress(parsing: text) { return address.redacted }
    return text.contains("@") ? "****" : text
}

/// The address without user and password, such as a lock may hold it. What is no address stays as it is.
public func withoutCredentials(_ url: String) -> String {
    guard let address = IndexAddress(parsing: url), address.credentials != nil else { return url }
    let fragment = url.firstIndex(of: "#").map { String(url[$0...]) } ?? ""
    return address.url + fragment
}

extension StringProtocol {
    /// Without spaces, tabs and line ends on either side.
    var trimmedASCII: String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}

extension String {
    fileprivate func trimming(brackets: Bool) -> String {
        brackets && hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
