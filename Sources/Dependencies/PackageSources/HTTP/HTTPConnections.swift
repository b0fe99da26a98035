import AsyncHTTPClient
import FoundationEssentials
package import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// One request as it goes out: what is not in it is not sent, apart from what HTTP itself wants.
package struct HTTPCall: Sendable {
    package var method: String
    package var headers: [(String, String)]
    package var body: ByteBuffer?
    /// How long the head of the answer may take, beyond what is allowed for any; for large bodies.
    package var patience: Duration

    package init(_ method: String, _ headers: [(String, String)], body: ByteBuffer? = nil, patience: Duration = .zero) {
        self.method = method
        self.headers = headers
        self.body = body
        self.patience = patience
    }
}

/// The connections to all servers, with the configured proxies and certificates. Nothing that has to do with the network
/// exists before the first request. Sends what it is given: no credentials of its own, and redirects are answers.
package final class HTTPConnections: Sendable {
    /// What a connection is for.
    package enum Purpose: Hashable, Sendable {
        /// Many small answers: one connection with many streams, where the server can.
        case questions
        /// Few large answers: a connection each, since streams of one connection share its window and its thread.
        case downloads
    }

    /// Requests with the same key share connections.
    private struct ClientKey: Hashable {
        var purpose: Purpose
        var proxy: IndexAddress?
        /// Whether the proxy is asked itself, without a tunnel.
        var isPlain: Bool
        var isTrusted: Bool
    }

    private enum State {
        case open([ClientKey: HTTPClient])
        case closed
    }

    private let configuration: IndexConfiguration
    private let options: HTTPOptions
    private let state = Mutex(State.open([:]))

    package init(_ configuration: IndexConfiguration, _ options: HTTPOptions) {
        self.configuration = configuration
        self.options = options
    }

    deinit {
        // Whoever forgets to shut down loses only the wait for it.
        for client in close() { client.shutdown { _ in } }
    }

    /// Ends all connections; requests under way fail. Does nothing when called again.
    package func shutdown() async {
        for client in close() { try? await client.shutdown() }
    }

    private func close() -> [HTTPClient] {
        state.withLock { state in
            defer { state = .closed }
            if case .open(let clients) = state { return Array(clients.values) }
            return []
        }
    }

    /// Sends a request and returns when the head of the answer is there.
    ///
    /// - Parameter credentials: sent as HTTP Basic authentication, or as a Bearer token.
    /// - Throws: `AttemptFailure`, for this one attempt.
    package func send(
        _ call: HTTPCall, to address: IndexAddress, _ purpose: Purpose, credentials: Credentials? = nil
    ) async throws(AttemptFailure) -> HTTPAnswer {
        let client = try client(for: address, purpose)
        do {
            // The deadline is that of the head: how fast the body comes is looked at while it comes.
            let patience = TimeAmount(options.connectTimeout + configuration.timeout * 4 + call.patience)
            let response = try await client.execute(request(call, address, credentials), deadline: .now() + patience)
            return HTTPAnswer(
                response, address: address, hadCredentials: credentials != nil, timeout: configuration.timeout,
                now: options.now())
        } catch {
            throw AttemptFailure(error)
        }
    }

    private func request(_ call: HTTPCall, _ address: IndexAddress, _ credentials: Credentials?) -> HTTPClientRequest {
        let proxy = address.scheme == "http" ? configuration.proxies.proxy(for: address.origin) : nil
        let plainProxy = proxy?.scheme == "http" ? proxy : nil
        var request = HTTPClientRequest(url: plainProxy.map { address.behind($0) } ?? address.url)
        request.method = HTTPMethod(rawValue: call.method)
        request.headers = HTTPHeaders(call.headers)
        if plainProxy != nil, !request.headers.contains(name: "Host") {
            request.headers.add(name: "Host", value: address.hostAndPort)
        }
        request.headers.add(name: "User-Agent", value: "penstock")
        if let credentials {
            if credentials.isBearer {
                request.headers.add(name: "Authorization", value: "Bearer \(credentials.password ?? "")")
            } else {
                request.setBasicAuth(username: credentials.user, password: credentials.password ?? "")
            }
        }
        if let body = call.body { request.body = .bytes(body) }
        return request
    }
}

// MARK: Clients

extension HTTPConnections {
    private func client(for address: IndexAddress, _ purpose: Purpose) throws(AttemptFailure) -> HTTPClient {
        let isTrusted = configuration.trustedHosts.contains(address.host)
            || configuration.trustedHosts.contains("\(address.host):\(address.port)")
        let proxy = configuration.proxies.proxy(for: address.origin)
        let key = ClientKey(
            purpose: purpose, proxy: proxy, isPlain: proxy?.scheme == "http" && address.scheme == "http",
            isTrusted: isTrusted)
        if key.proxy?.scheme == "https" {
            throw .final(
                .configuration(
                    file: "the proxy \(key.proxy?.redacted ?? "")", line: nil,
                    problem: "proxies that are themselves reached by https are not supported; write http:// if it is not one"))
        }
        let outcome = state.withLock { state -> Result<HTTPClient, PackageSourceError> in
            guard case .open(var clients) = state else { return .failure(.cancelled) }
            if let client = clients[key] { return .success(client) }
            do throws(PackageSourceError) {
                let settings = try clientConfiguration(key)
                let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
                clients[key] = client
                state = .open(clients)
                return .success(client)
            } catch {
                return .failure(error)
            }
        }
        do throws(PackageSourceError) { return try outcome.get() } catch { throw .final(error) }
    }

    private func clientConfiguration(_ key: ClientKey) throws(PackageSourceError) -> HTTPClient.Configuration {
        let tls = try CertificateSettings.make(configuration, isTrusted: key.isTrusted)
        var result = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        result.timeout = .init(
            connect: TimeAmount(options.connectTimeout), read: TimeAmount(configuration.timeout))
        result.httpVersion = key.purpose == .questions && options.allowsHTTP2 ? .automatic : .http1Only
        result.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            key.purpose == .questions ? options.concurrentRequests : options.concurrentDownloads
        // Attempts are repeated by `Retries`, for all failures alike.
        result.connectionPool.retryConnectionEstablishment = false
        if key.isPlain {
            let authorization = key.proxy?.credentials.map { credentials in
                "Basic " + Data("\(credentials.user):\(credentials.password ?? "")".utf8).base64EncodedString()
            }
            result.http1_1ConnectionDebugInitializer = PlainProxyHandler.initializer(authorization: authorization)
        } else {
            result.proxy = key.proxy.map(Self.proxy)
        }
        return result
    }

    private static func proxy(_ address: IndexAddress) -> HTTPClient.Configuration.Proxy {
        if address.scheme.hasPrefix("socks") { return .socksServer(host: address.host, port: address.proxyPort) }
        let authorization = address.credentials.map {
            HTTPClient.Authorization.basic(username: $0.user, password: $0.password ?? "")
        }
        return .server(host: address.host, port: address.proxyPort, authorization: authorization)
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
