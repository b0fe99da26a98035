import Diagnostics
import Digests
import NIOCore
package import PackageSources
import Synchronization

/// A service of AWS that takes and gives JSON, as AWS Batch. Signs and sends; what an answer means, and whether to ask again, is the
/// business of whoever knows the service. The network is first used by the first request.
package final class AWSService: Sendable {
    /// An answer, whatever its status.
    package struct Answer: Sendable {
        package var status: Int
        package var body: [UInt8]
        /// The header `x-amzn-ErrorType`.
        package var errorType: String?
        /// How long the service wants to be left alone.
        package var retryAfter: Duration?
        /// The service's clock, in seconds since 1970.
        package var serverTime: Int64?
    }

    /// Why there is no answer.
    package enum Fault: Error {
        case credentials(CredentialError)
        /// Another attempt may get one. The request may have been heard.
        case passing(String)
        /// Another attempt would not get one.
        case lasting(String)
        case cancelled
    }

    /// Variables or profiles do not say where or as whom to ask, or contradict each other.
    package struct SetUpFault: Error {
        /// One sentence without a period, beginning with a small letter.
        package var words: String
    }

    /// Where the service is asked: a configured address, else AWS's own in the region.
    package let origin: String
    package let region: String
    private let service: String
    private let host: String
    private let path: String
    private let connections: HTTPConnections
    private let keeper: CredentialKeeper
    private let options: HTTPOptions
    /// How far the service's clock is ahead, in seconds.
    private let clock = Mutex<Int64>(0)

    /// An answer is read this far, in bytes.
    private static let longestAnswer = 32 << 20

    /// - Parameters:
    ///   - service: as it is signed for and as it stands in AWS's addresses: `batch`.
    ///   - region: where variables and profiles name none.
    ///   - environment: where endpoint, region, credentials, certificates and proxies are looked for, by the variables of AWS's tools.
    /// - Throws: `SetUpFault` for an endpoint that is none, for profiles that cannot be read, and where nothing names a region.
    package init(
        _ service: String, region named: String? = nil, environment: [String: String], options: HTTPOptions
    ) throws(SetUpFault) {
        // Settings of S3 alone are no business of other services.
        let environment = environment.filter { !$0.key.hasPrefix("METAFLOW_S3_") && $0.key != "PENSTOCK_S3_ROLE" }
        let settings: S3Settings
        let endpoint: IndexAddress?
        let variables = SetVariables(environment)
        let profile = variables["AWS_PROFILE"] ?? variables["AWS_DEFAULT_PROFILE"] ?? "default"
        let profiles: Profiles
        do {
            profiles = try ProfileFiles(environment: environment).read()
            settings = try S3Settings(environment: environment)
            endpoint = try ConfiguredEndpoints(variables: variables, profiles: profiles, profile: profile).endpoint(of: service)
        } catch {
            throw SetUpFault(words: Self.words(error))
        }
        let found = named ?? variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"] ?? profiles[profile, "region"]
        guard let region = found ?? (endpoint == nil ? nil : settings.region) else {
            throw SetUpFault(words: "nothing names a region; set AWS_REGION, or region in ~/.aws/config")
        }
        let parts: (scheme: String, host: String, path: String) = endpoint.map(S3Endpoint.parts)
            ?? ("https", "\(service).\(region).\(S3Endpoint.domain(region))", "")
        self.service = service
        self.region = region
        self.options = options
        host = parts.host
        path = parts.path
        origin = "\(parts.scheme)://\(parts.host)"
        connections = HTTPConnections(settings.connections, options)
        let sources = CredentialSources(environment: environment, settings: settings, connections: connections, options: options)
        keeper = CredentialKeeper(
            find: { () throws(CredentialError) in try sources.find() },
            fetch: { origin throws(CredentialError) in try await sources.fetch(origin) }, now: options.now)
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as CredentialError: error.words
        case ObjectStoreError.unusableAddress(let text, let reason): "\(reason): \(text)"
        case ObjectStoreError.credentials(_, let reason): reason
        case let error as ObjectStoreError: error.diagnostic.headline
        default: "\(error)"
        }
    }

    package func shutdown() async { await connections.shutdown() }

    /// Keys to ask with.
    ///
    /// - Parameter refused: those that the service does not take any more.
    package func credentials(after refused: AWSCredentials? = nil) async throws(Fault) -> AWSCredentials {
        do throws(CredentialError) {
            guard let refused else { return try await keeper.credentials() }
            return try await keeper.credentials(after: refused)
        } catch {
            throw error == .cancelled ? .cancelled : .credentials(error)
        }
    }

    /// Signs by the service's clock from now on.
    ///
    /// - Returns: whether that is another one than was used so far, by more than a minute.
    package func adopt(serverTime: Int64) -> Bool {
        clock.withLock { clock in
            let ahead = serverTime - options.now()
            defer { clock = ahead }
            return abs(ahead - clock) > 60
        }
    }

    /// One attempt.
    ///
    /// - Parameter path: below the service's address, with a slash at its beginning.
    package func post(_ path: String, json: [UInt8], as credentials: AWSCredentials) async throws(Fault) -> Answer {
        let body = S3Body(ByteBuffer(bytes: json))
        let place = self.path + path
        let request = SignatureV4.Request(
            method: "POST", path: place, headers: [("Host", host), ("Content-Type", "application/json")], payload: body.digest.hex)
        let now = SigningTime(options.now() + clock.withLock { $0 })
        let headers = SignatureV4(credentials, region: region, service: service).headers(for: request, at: now)
        guard let address = IndexAddress(parsing: origin + place) else { throw .lasting("no request can be sent to \(origin)") }
        do throws(AttemptFailure) {
            let call = HTTPCall("POST", headers.map { ($0.name, $0.value) }, body: body.bytes)
            let answer = try await connections.send(call, to: address, .downloads)
            return Answer(
                status: answer.status, body: try await answer.bytes(limit: Self.longestAnswer),
                errorType: answer.header("x-amzn-errortype"), retryAfter: answer.retryAfter,
                serverTime: answer.header("date").flatMap { HTTPDate.seconds($0) })
        } catch {
            switch error {
            case .passing(.network(let words), _): throw .passing(words)
            case .passing(.status(let status), _): throw .passing("it answered \(status)")
            case .rejected(let words): throw .lasting(words)
            case .final(.cancelled): throw .cancelled
            case .final(let failure): throw .lasting(failure.diagnostic.headline)
            }
        }
    }
}
