import Diagnostics
import Digests
import NIOCore
import PackageSources
import Synchronization

/// Asks an S3 service: signs, sends, and asks again where that may help.
final class S3Client: Sendable {
    let settings: S3Settings
    let options: HTTPOptions
    private let endpoint: S3Endpoint
    private let connections: HTTPConnections
    private let keeper: CredentialKeeper
    private let limit: ConcurrencyLimit
    private let learned = Mutex(Learned())

    /// What the service told.
    private struct Learned {
        var regions: [String: String] = [:]
        /// Other hosts for a while, by bucket.
        var hosts: [String: String] = [:]
        /// How far the service's clock is ahead, in seconds.
        var clock: Int64 = 0
    }

    /// An error answer is read this far, in bytes.
    private static let longestFailure = 256 << 10

    init(_ settings: S3Settings, environment: [String: String], options: HTTPOptions) {
        var options = options
        options.concurrentDownloads = settings.concurrency
        options.allowsHTTP2 = false
        self.settings = settings
        self.options = options
        endpoint = S3Endpoint(settings: settings)
        connections = HTTPConnections(settings.connections, options)
        limit = ConcurrencyLimit(settings.concurrency)
        let sources = CredentialSources(environment: environment, settings: settings, connections: connections, options: options)
        keeper = CredentialKeeper(
            find: { () throws(CredentialError) in try sources.find() },
            fetch: { origin throws(CredentialError) in try await sources.fetch(origin) }, now: options.now)
    }

    func shutdown() async { await connections.shutdown() }

    /// Sends a request until there is an answer that stays.
    ///
    /// - Parameter receive: takes the answer with one of the statuses that were hoped for; called again after an attempt that
    ///   breaks off.
    func perform<Success: Sendable>(
        _ request: S3Request, _ receive: (HTTPAnswer) async throws(S3Interruption) -> Success
    ) async throws(ObjectStoreError) -> S3Reply<Success> {
        var course = S3Course(
            options: options, retries: settings.retries, store: request.store, key: request.key.isEmpty ? nil : request.key)
        var credentials = try await credentials(request.store)
        while true {
            if Task.isCancelled { throw .cancelled }
            let region = region(of: request.bucket)
            let result = await limit.pass { () async -> Result<Success, S3Interruption> in
                do throws(S3Interruption) {
                    return .success(try await attempt(request, credentials, region, receive))
                } catch {
                    return .failure(error)
                }
            }
            guard let result else { throw .cancelled }
            let interruption: S3Interruption
            switch result {
            case .success(let value): return .done(value)
            case .failure(let failure): interruption = failure
            }
            switch course.next(after: interruption, region: region) {
            case .again(let pause):
                do { try await options.sleep(pause) } catch { throw .cancelled }
                credentials = try await self.credentials(request.store)
            case .renewCredentials:
                do throws(CredentialError) {
                    credentials = try await keeper.credentials(after: credentials)
                } catch { throw error.error(store: request.store) }
            case .region(let region): learned.withLock { $0.regions[request.bucket] = region }
            case .redirect(let location): try follow(location, request)
            case .clock(let time): learned.withLock { $0.clock = time - options.now() }
            case .answer(let failure, let remedy): return .refused(failure, remedy, mayBeDone: course.mayBeDone)
            case .fail(let error): throw error
            }
        }
    }

    /// An address that serves for a while without credentials: as long as was asked for, seven days at most, and no longer than the
    /// keys that it is made with, where those are lent.
    func presigned(_ method: String, bucket: String, key: String, lifetime: Duration) async throws(ObjectStoreError) -> String {
        let region = region(of: bucket)
        let place = place(bucket, key, region)
        let request = SignatureV4.Request(
            method: method, path: place.path, headers: [("Host", place.host)], payload: SignatureV4.unsignedPayload)
        let seconds = min(max(lifetime.components.seconds, 1), 7 * 86400)
        let keys: AWSCredentials
        do throws(CredentialError) {
            keys = try await keeper.credentials(lasting: seconds)
        } catch { throw error.error(store: S3Address.text(bucket)) }
        let query = SignatureV4(keys, region: region)
            .presignedQuery(for: request, at: now, lifetime: seconds)
        return "\(place.origin)\(place.path)?\(query)"
    }
}

// MARK: One attempt

extension S3Client {
    private var now: SigningTime { SigningTime(options.now() + learned.withLock { $0.clock }) }

    private func region(of bucket: String) -> String { learned.withLock { $0.regions[bucket] } ?? settings.region }

    private func credentials(_ store: String) async throws(ObjectStoreError) -> AWSCredentials {
        do throws(CredentialError) { return try await keeper.credentials() } catch { throw error.error(store: store) }
    }

    private func place(_ bucket: String, _ key: String, _ region: String) -> S3Endpoint.Place {
        var place = endpoint.place(bucket: bucket, key: key, region: region)
        if let host = learned.withLock({ $0.hosts[bucket] }) {
            place.origin = place.origin.prefix { $0 != "/" } + "//\(host)"
            place.host = host
        }
        return place
    }

    /// Remembers the host of a redirect; keys are given to hosts of the same scheme only.
    private func follow(_ location: String, _ request: S3Request) throws(ObjectStoreError) {
        let scheme = settings.endpoint?.scheme ?? "https"
        guard let address = IndexAddress(parsing: location), address.scheme == scheme else {
            throw .unreachable(
                store: request.store, key: request.key, attempts: 1, reason: "the service redirects to an address that cannot be used")
        }
        learned.withLock { $0.hosts[request.bucket] = S3Endpoint.parts(address).host }
    }

    private func attempt<Success>(
        _ request: S3Request, _ credentials: AWSCredentials, _ region: String,
        _ receive: (HTTPAnswer) async throws(S3Interruption) -> Success
    ) async throws(S3Interruption) -> Success {
        let place = place(request.bucket, request.key, region)
        let signed = SignatureV4.Request(
            method: request.method, path: place.path, query: request.query,
            headers: [("Host", place.host)] + request.headers, payload: request.body?.digest.hex ?? SignatureV4.emptyPayload)
        let headers = SignatureV4(credentials, region: region).headers(for: signed, at: now)
        let query = request.query.isEmpty ? "" : "?" + URIEncoding.query(request.query)
        guard let address = IndexAddress(parsing: place.origin + place.path + query) else {
            throw .local(.unusableAddress(place.origin, reason: "no request can be sent there"))
        }
        let answer: HTTPAnswer
        do throws(AttemptFailure) {
            // A slow line is no dead one: a second more for each 64 KiB.
            let patience = Duration.seconds((request.body?.bytes.readableBytes ?? 0) >> 16)
            let call = HTTPCall(request.method, headers.map { ($0.name, $0.value) }, body: request.body?.bytes, patience: patience)
            answer = try await connections.send(call, to: address, .downloads)
        } catch {
            throw .network(error)
        }
        learnClock(from: answer)
        guard request.expected.contains(answer.status) else { throw .failure(await failure(answer)) }
        return try await receive(answer)
    }

    /// A clock that is wrong is noticed before it matters: services take some minutes for granted, but no address that is signed
    /// for the future.
    private func learnClock(from answer: HTTPAnswer) {
        guard let time = answer.header("date").flatMap({ HTTPDate.seconds($0) }), abs(time - now.seconds) > 60 else { return }
        learned.withLock { $0.clock = time - options.now() }
    }

    private func failure(_ answer: HTTPAnswer) async -> S3Failure {
        let body = (try? await answer.bytes(limit: Self.longestFailure)) ?? []
        return S3Failure(status: answer.status, body: body, header: answer.header, retryAfter: answer.retryAfter)
    }
}

extension HTTPAnswer {
    /// The whole body.
    func whole(limit: Int) async throws(S3Interruption) -> [UInt8] {
        do throws(AttemptFailure) { return try await bytes(limit: limit) } catch { throw .network(error) }
    }
}
