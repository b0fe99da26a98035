import Archives
import Diagnostics

/// Fetches small things whole: pages and metadata.
struct Fetcher: Sendable {
    let transport: HTTPTransport
    let options: HTTPOptions
    private let limit: HostLimits

    init(_ transport: HTTPTransport, _ options: HTTPOptions) {
        self.transport = transport
        self.options = options
        limit = HostLimits(options.concurrentRequests)
    }

    /// An answer with its whole body.
    struct Fetched: Sendable {
        var answer: HTTPAnswer
        /// As sent, compressed perhaps.
        var body: [UInt8]

        /// The body without its compression. Blocks a while.
        func content(limit: Int) throws(PackageSourceError) -> [UInt8] {
            do throws(ArchiveError) {
                switch answer.header("content-encoding")?.lowercased() {
                case nil, "", "identity": return body
                case "gzip", "x-gzip": return try Gzip.decompress(body, limit: limit, name: answer.address.redacted)
                case "zstd": return try Zstd.decompress(body, limit: limit, name: answer.address.redacted)
                case .some(let other):
                    throw ArchiveError(
                        archive: answer.address.redacted, .unsupported("is compressed as '\(other)', which was not asked for"))
                }
            } catch {
                throw .page(url: answer.address.redacted, reason: error.diagnostic.headline)
            }
        }
    }

    /// Fetches `url`; statuses other than the `expected` ones are failures.
    func fetch(
        _ url: String, headers: [(String, String)], expected: Set<Int>, bodyLimit: Int
    ) async throws(PackageSourceError) -> Fetched {
        let all = headers + [("Accept-Encoding", "zstd, gzip")]
        return try await limit.run(for: url) { () async throws(PackageSourceError) in
            try await Retries(options: options).run(redacting(url)) { () async throws(AttemptFailure) in
                let answer = try await transport.get(url, all, .questions)
                if let failure = answer.failure(expected: expected) { throw failure }
                return Fetched(answer: answer, body: try await answer.bytes(limit: bodyLimit))
            }
        }
    }

    /// Fetches a range of a file; `nil` if the server does not know ranges.
    func fetchRange(_ url: String, _ range: String) async throws(PackageSourceError) -> Fetched? {
        let headers = [("Range", "bytes=\(range)"), ("Accept-Encoding", "identity")]
        return try await limit.run(for: url) { () async throws(PackageSourceError) in
            try await Retries(options: options).run(redacting(url)) { () async throws(AttemptFailure) in
                let answer = try await transport.get(url, headers, .questions)
                if answer.status == 200 || answer.status == 416 { return nil }
                if let failure = answer.failure(expected: [206]) { throw failure }
                return Fetched(answer: answer, body: try await answer.bytes(limit: 512 << 20))
            }
        }
    }
}
