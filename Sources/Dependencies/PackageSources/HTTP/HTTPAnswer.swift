import AsyncHTTPClient
import FoundationEssentials
package import NIOCore
import NIOHTTP1

/// The head of an answer, with its body still to come.
package struct HTTPAnswer: Sendable {
    package let status: Int
    /// The address that answered, after all redirects.
    let address: IndexAddress
    let hadCredentials: Bool
    /// Over how long the pace of the body is measured.
    let timeout: Duration
    /// Seconds since 1970 when the head came.
    private let received: Int64
    private let headers: HTTPHeaders
    let body: HTTPClientResponse.Body

    init(
        _ response: HTTPClientResponse, address: IndexAddress, hadCredentials: Bool, timeout: Duration, now: Int64
    ) {
        self.timeout = timeout
        received = now
        status = Int(response.status.code)
        headers = response.headers
        body = response.body
        self.address = address
        self.hadCredentials = hadCredentials
    }

    /// The first header of that name.
    package func header(_ name: String) -> String? { headers.first(name: name) }

    /// All headers in the order in which they came.
    package var allHeaders: [(name: String, value: String)] { headers.map { ($0.name, $0.value) } }

    /// All headers of that name as one list (RFC 9110, 5.3).
    func list(_ name: String) -> String? {
        let values = headers[name]
        return values.count > 1 ? values.joined(separator: ", ") : values.first
    }

    /// The bytes of the body as they are sent, if the server says.
    package var contentLength: Int64? { header("content-length").flatMap { Int64($0) } }

    var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }

    /// Reads a short body, so that the connection can be used again.
    package func discard() async { _ = try? await body.collect(upTo: 16 << 10) }

    /// Where a redirect leads.
    func target() async throws(AttemptFailure) -> IndexAddress {
        await discard()
        guard let location = header("location"),
            let target = URL(string: location, relativeTo: URL(string: address.url))?.absoluteString,
            let result = IndexAddress(parsing: target)
        else { throw .final(.redirect(url: address.redacted, reason: "the server redirects to nowhere")) }
        guard result.scheme == "https" || (result.scheme == "http" && address.scheme == "http") else {
            throw .final(
                .redirect(
                    url: address.redacted,
                    reason: "the server redirects to \(result.redacted), which is not a protected connection"))
        }
        return result
    }

    /// The failure that a status stands for; `nil` for one of the `expected`.
    func failure(expected: Set<Int>) -> AttemptFailure? {
        if expected.contains(status) { return nil }
        switch status {
        case 401, 403, 407:
            return .final(.refused(url: address.redacted, code: status, hadCredentials: hadCredentials))
        case 408, 425, 429, 500...599:
            return .passing(.status(status), after: retryAfter)
        default:
            return .final(.status(url: address.redacted, code: status, attempts: 1))
        }
    }

    /// `Retry-After` in seconds, or as a date.
    package var retryAfter: Duration? {
        guard let text = header("retry-after") else { return nil }
        if let seconds = Int64(text.trimmedASCII) { return .seconds(max(0, seconds)) }
        return HTTPDate.seconds(text.trimmedASCII).map { .seconds(max(0, $0 - received)) }
    }

    /// The whole body as it was sent; more than `limit` bytes are refused.
    package func bytes(limit: Int) async throws(AttemptFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        if let length = contentLength {
            guard length <= limit else { throw .final(.tooLarge(url: address.redacted, limit: Int64(limit))) }
            bytes.reserveCapacity(Int(length))
        }
        var pace = Pace(window: timeout)
        do {
            for try await part in body {
                bytes.append(contentsOf: part.readableBytesView)
                try pace.advance(part.readableBytes)
                if bytes.count > limit {
                    throw PackageSourceError.tooLarge(url: address.redacted, limit: Int64(limit))
                }
            }
        } catch let error as PackageSourceError {
            throw .final(error)
        } catch let error as AttemptFailure {
            throw error
        } catch {
            throw AttemptFailure(error)
        }
        return bytes
    }

    /// Hands on the body as it comes, about so many bytes at a time. A body that breaks off, or is slower than any use, is a
    /// failure.
    package func forEachBatch(of size: Int, _ receive: ([ByteBuffer], _ bytes: Int) async throws -> Void) async throws {
        var pace = Pace(window: timeout)
        var parts = body.makeAsyncIterator()
        var batch: [ByteBuffer] = []
        var count = 0
        while true {
            let part: ByteBuffer?
            do { part = try await parts.next() } catch { throw AttemptFailure(error) }
            if let part {
                try pace.advance(part.readableBytes)
                batch.append(part)
                count += part.readableBytes
                if count < size { continue }
            }
            if count > 0 { try await receive(batch, count) }
            guard part != nil else { return }
            batch.removeAll(keepingCapacity: true)
            count = 0
        }
    }
}
