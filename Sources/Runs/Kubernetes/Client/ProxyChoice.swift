import AsyncHTTPClient
import Clusters

/// The proxy to a cluster: `proxy-url` of the kubeconfig file, else `HTTPS_PROXY` unless `NO_PROXY` leaves the host out.
struct ProxyChoice {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    func proxy(for access: ClusterAccess, host: String) throws(ClusterError) -> HTTPClient.Configuration.Proxy? {
        if let address = access.proxy { return try proxy(address, "proxy-url of \(access.origin)") }
        guard access.server.hasPrefix("https://"), !isLeftOut(host) else { return nil }
        for name in ["HTTPS_PROXY", "https_proxy"] {
            if let address = environment[name], !address.isEmpty { return try proxy(address, name) }
        }
        return nil
    }

    private func proxy(_ address: String, _ origin: String) throws(ClusterError) -> HTTPClient.Configuration.Proxy {
        var rest = address[...]
        var scheme = "http"
        if let range = address.firstRange(of: "://") {
            scheme = address[..<range.lowerBound].lowercased()
            rest = address[range.upperBound...]
        }
        rest = rest.prefix { $0 != "/" }
        var authorization: HTTPClient.Authorization?
        if let at = rest.lastIndex(of: "@") {
            let halves = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            authorization = .basic(username: String(halves[0]), password: halves.count > 1 ? String(halves[1]) : "")
            rest = rest[rest.index(after: at)...]
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        let usual = scheme.hasPrefix("socks") ? 1080 : 80
        guard parts.count <= 2, let host = parts.first, !host.isEmpty, let port = parts.count > 1 ? Int(parts[1]) : usual,
            ["http", "socks5", "socks5h"].contains(scheme)
        else {
            throw ClusterError(
                "kubernetes", .notSetUp, "\(origin) is not the address of a proxy that can be used",
                help: "write http://HOST:PORT or socks5://HOST:PORT")
        }
        return scheme == "http"
            ? .server(host: String(host), port: port, authorization: authorization) : .socksServer(host: String(host), port: port)
    }

    /// Names and their domains, addresses, `*`; this machine is never asked through a proxy.
    private func isLeftOut(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" || host.hasPrefix("127.") { return true }
        let list = environment["NO_PROXY"] ?? environment["no_proxy"] ?? ""
        return list.split(separator: ",").contains { part in
            let entry = String(part).trimmedLines.lowercased()
            if entry == "*" || entry == host.lowercased() { return true }
            if entry.contains("/") { return IPv4Range(entry)?.contains(host) ?? false }
            let domain = entry.hasPrefix(".") ? entry : "." + entry
            return host.lowercased().hasSuffix(domain) || "." + host.lowercased() == domain
        }
    }
}

/// `10.0.0.0/8`
private struct IPv4Range {
    private let start: UInt32
    private let mask: UInt32

    init?(_ text: String) {
        let halves = text.split(separator: "/")
        guard halves.count == 2, let address = Self.number(halves[0]), let bits = UInt32(halves[1]), bits <= 32 else { return nil }
        mask = bits == 0 ? 0 : ~UInt32(0) << (32 - bits)
        start = address & mask
    }

    func contains(_ host: String) -> Bool { Self.number(host).map { $0 & mask == start } ?? false }

    private static func number(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { $0 }
        return bytes.count == 4 ? bytes.reduce(0) { $0 << 8 | UInt32($1) } : nil
    }
}
