import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Why one attempt failed.
package enum AttemptFailure: Error {
    /// Another attempt may succeed; `after` is how long the server wants to be left alone.
    case passing(Reason, after: Duration?)
    /// There was no answer, and another attempt would not get one either; in words.
    case rejected(String)
    /// Another attempt would fail the same way.
    case final(PackageSourceError)

    package enum Reason: Sendable {
        case status(Int)
        case network(String)
    }

    /// What a failure of the HTTP client means.
    package init(_ error: any Error) {
        if error is CancellationError {
            self = .final(.cancelled)
        } else if let error = error as? HTTPClientError, error == .cancelled || error == .alreadyShutdown {
            self = .final(.cancelled)
        } else if Self.isLasting(error) {
            self = .rejected(Self.words(for: error))
        } else {
            self = .passing(.network(Self.words(for: error)), after: nil)
        }
    }

    /// Whether the next attempt would meet the same obstacle: a certificate does not become another one in a second.
    private static func isLasting(_ error: any Error) -> Bool {
        switch error {
        case is NIOSSLExtraError, is BoringSSLError: true
        case let error as NIOSSLError: "\(error)".contains("CERTIFICATE")
        case let error as HTTPParserError: error == .headerOverflow
        case let error as NIOConnectionError: error.connectionErrors.contains { isLasting($0.error) }
        case let error as HTTPClientError:
            error == .emptyHost || error == .missingSocketPath || error == .proxyAuthenticationRequired
        default: false
        }
    }

    private static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: words(for: error)
        case let error as NIOConnectionError: words(for: error)
        case is NIOSSLExtraError: "its certificate is for another host"
        case let error as NIOSSLError: words(forTLS: "\(error)")
        case let error as HTTPParserError:
            error == .headerOverflow ? "the headers of its answer are longer than they may be" : "its answer is not HTTP: \(error)"
        case let error as IOError: systemMessage(error.errnoCode)
        default: "\(error)"
        }
    }

    private static func words(for error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
            .socksHandshakeTimeout:
            "connecting took too long"
        case .deadlineExceeded: "the server took too long to answer"
        case .readTimeout: "the server stopped sending"
        case .remoteConnectionClosed, .uncleanShutdown: "the connection was closed before the answer was complete"
        case .proxyAuthenticationRequired: "the proxy wants credentials"
        case .invalidProxyResponse: "the proxy answered something else than was asked"
        default: error.shortDescription
        }
    }

    private static func words(for error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first {
            return "\(error.host):\(error.port): \(words(for: failure.error))"
        }
        return "\(error.host) is not a host that can be found"
    }

    private static func words(forTLS text: String) -> String {
        text.contains("CERTIFICATE_VERIFY_FAILED")
            ? "its certificate is not signed by an authority that is trusted here (SSL_CERT_FILE, PIP_CERT name another file)"
            : "the protected connection failed: \(text)"
    }
}
