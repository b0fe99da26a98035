/// Through which proxies the network is reached, by the usual variables.
public struct ProxyConfiguration: Sendable, Hashable {
    /// For `https` addresses.
    public var secure: IndexAddress?
    /// For `http` addresses.
    public var plain: IndexAddress?
    /// Hosts that are reached directly: `host` (with all below it), `.domain`, `host:port`, addresses, networks such as
    /// `10.0.0.0/8`, or `*`.
    public var exceptions: [String] = []

    public init() {}

    /// `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`, small letters before capitals as in curl; `HTTP_PROXY` in
    /// capitals is left out where a web server may have set it (`REQUEST_METHOD`).
    package init(environment: [String: String], pipProxy: String?) throws(PackageSourceError) {
        func value(_ name: String) -> (String, String)? {
            for key in [name, name.uppercased()] {
                if key == "HTTP_PROXY", environment["REQUEST_METHOD"] != nil { continue }
                if let value = environment[key], !value.isEmpty { return (value, key) }
            }
            return nil
        }
        let fromPip = pipProxy.map { ($0, "pip's proxy setting") }
        secure = try Self.address(fromPip ?? value("https_proxy") ?? value("all_proxy"))
        plain = try Self.address(fromPip ?? value("http_proxy") ?? value("all_proxy"))
        exceptions = (value("no_proxy")?.0 ?? "").split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    private static func address(_ value: (text: String, origin: String)?) throws(PackageSourceError) -> IndexAddress? {
        guard let value else { return nil }
        let text = value.text.contains("://") ? value.text : "http://\(value.text)"
        guard let address = IndexAddress(parsing: text),
            ["http", "https", "socks5", "socks5h"].contains(address.scheme)
        else { throw .configuration(file: value.origin, line: nil, problem: "'\(redacting(value.text))' is not a proxy") }
        return address
    }

    /// The proxy for an address; `nil` to go directly.
    package func proxy(for origin: IndexAddress.Origin) -> IndexAddress? {
        guard !exceptions.contains(where: { Self.covers($0, origin) }) else { return nil }
        return origin.scheme == "http" ? plain : secure
    }

    private static func covers(_ exception: String, _ origin: IndexAddress.Origin) -> Bool {
        if exception == "*" { return true }
        var host = exception[...]
        if let colon = host.lastIndex(of: ":"), let port = Int(host[host.index(after: colon)...]), !host.hasSuffix("]"),
            host.filter({ $0 == ":" }).count == 1
        {
            guard port == origin.port else { return false }
            host = host[..<colon]
        }
        if host.hasPrefix("*.") { host = host.dropFirst() }
        if let network = IPNetwork(host) { return IPNetwork.bytes(origin.host).map(network.contains) ?? false }
        let domain = host.hasPrefix(".") ? host.dropFirst() : host
        return origin.host == domain || origin.host.hasSuffix(".\(domain)")
    }
}
