import Archives
import AsyncHTTPClient
import Clusters
import FlowModel
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOSSL

/// The connections to the API of one cluster. Nothing exists before the first request.
actor APIConnection {
    /// Answers are never longer, in bytes: a page of 500 pods has a few millions.
    private static let limit = 256 << 20
    private static let patience = TimeAmount.seconds(60)

    let access: ClusterAccess
    private let logins: LoginKeeper
    private let environment: [String: String]
    /// Waits as long as a server says.
    private let pause: @Sendable (Duration) async -> Void
    private var open: (login: Int, client: HTTPClient)?

    init(
        _ access: ClusterAccess, environment: [String: String],
        pause: @escaping @Sendable (Duration) async -> Void = { try? await ContinuousClock().sleep(for: $0) }
    ) {
        self.access = access
        self.environment = environment
        self.pause = pause
        logins = LoginKeeper(access, environment: environment)
    }

    deinit { open?.client.shutdown { _ in } }

    /// Sends a request. What the server says to try later is tried later, a few times; credentials that it does not take are looked for
    /// once more. All other answers are returned.
    func send(_ call: APICall) async throws(ClusterError) -> APIAnswer {
        var tries = 0
        while true {
            let answer = try await answer(to: call)
            tries += 1
            guard let wait = answer.retryAfter, answer.status == 429 || answer.status >= 500, tries < 6, !Task.isCancelled else {
                return answer
            }
            await pause(min(max(wait, .milliseconds(100)), .seconds(60)))
        }
    }

    private func answer(to call: APICall) async throws(ClusterError) -> APIAnswer {
        let (response, deadline) = try await response(to: call, Self.patience)
        do {
            var bytes: [UInt8] = []
            for try await part in response.body {
                bytes += part.readableBytesView
                guard bytes.count <= Self.limit, .now() < deadline else { throw HTTPClientError.deadlineExceeded }
            }
            return APIAnswer(status: Int(response.status.code), body: bytes, retryAfter: Self.retryAfter(response.headers))
        } catch {
            throw ConnectionFailure.error(error, access)
        }
    }

    /// Opens a watch: its events come as lines of the body.
    ///
    /// - Parameter seconds: for how long the server is asked to go on; a little later the connection is given up.
    func watch(_ call: APICall, seconds: Int64) async throws(ClusterError) -> (status: Int, body: HTTPClientResponse.Body) {
        let (response, _) = try await response(to: call, .seconds(seconds + 20))
        return (Int(response.status.code), response.body)
    }

    /// The head of the answer, after a 401 that of a second request.
    private func response(
        to call: APICall, _ patience: TimeAmount
    ) async throws(ClusterError) -> (HTTPClientResponse, deadline: NIODeadline) {
        let first = try await logins.current()
        let deadline = NIODeadline.now() + patience
        let response = try await execute(call, first, deadline)
        guard response.status == .unauthorized, first.isReplaceable else { return (response, deadline) }
        _ = try? await response.body.collect(upTo: 1 << 20)
        let second = try await logins.current(after: first)
        return (try await execute(call, second, deadline), deadline)
    }

    private func execute(
        _ call: APICall, _ login: ClusterLogin, _ deadline: NIODeadline
    ) async throws(ClusterError) -> HTTPClientResponse {
        let client = try await client(for: login)
        let server = ServerAddress(access)
        var request = HTTPClientRequest(url: server.url + call.target)
        request.method = HTTPMethod(rawValue: call.verb.method)
        request.headers = HTTPHeaders(login.headers)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "penstock")
        if let host = server.hostHeader { request.headers.add(name: "Host", value: host) }
        if let body = call.body {
            request.headers.add(name: "Content-Type", value: call.contentType)
            request.body = .bytes(Array(body.json.utf8))
        }
        do {
            return try await client.execute(request, deadline: deadline)
        } catch {
            throw ConnectionFailure.error(error, access)
        }
    }

    /// Another login may have another certificate, and that is part of a connection.
    private func client(for login: ClusterLogin) async throws(ClusterError) -> HTTPClient {
        if let open, open.login == login.serial { return open.client }
        if let open, login.certificate == nil { return open.client }
        let access = access
        let tls = try await BlockingWork.run { () throws(ClusterError) in try ConnectionSecurity(access, login).settings() }
        // Someone else may have come first meanwhile.
        if let open, open.login == login.serial { return open.client }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try configuration(tls))
        let before = open?.client
        open = (login.serial, client)
        if let before { Task { try? await before.shutdown() } }
        return client
    }

    private func configuration(_ tls: TLSConfiguration) throws(ClusterError) -> HTTPClient.Configuration {
        var result = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        result.timeout = .init(connect: .seconds(15), read: .seconds(90))
        result.httpVersion = .http1Only
        result.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        result.connectionPool.retryConnectionEstablishment = false
        let server = ServerAddress(access)
        if let name = access.serverName { result.dnsOverride[name] = server.host }
        result.proxy = try ProxyChoice(environment).proxy(for: access, host: server.host)
        return result
    }

    /// Seconds; dates are not sent by the API.
    private static func retryAfter(_ headers: HTTPHeaders) -> Duration? {
        headers.first(name: "Retry-After").flatMap { Int64($0) }.flatMap { (0...86400).contains($0) ? .seconds($0) : nil }
    }
}
