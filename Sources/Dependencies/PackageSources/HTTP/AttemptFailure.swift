import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Why one attempt failed.
enum AttemptFailure: Error {
    /// Another attempt may succeed; `after` is how long the server wants to be left alone.
    case passing(Reason, after: Duration?)
    /// Another attempt would fail the same way.
    case final(PackageSourceError)

    enum Reason {
        case status(Int)
        case network(String)
    }

    /// What a failure of the HTTP client means.
    init(_ error: any Error) {
        if error is CancellationError {
            self = .final(.cancelled)
        } else if let error = error as? HTTPClientError, error == .cancelled || error == .alreadyShutdown {
            self = .final(.cancelled)
        } else {
            self = .passing(.network(Self.words(for: error)), after: nil)
        }
    }

    private static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: words(for: error)
        case let error as NIOConnectionError: words(for: error)
        case is NIOSSLExtraError: "its certificate is for another host"
        case let error as NIOSSLError: words(forTLS: "\(error)")
        case let error as IOError: systemMessage(error.errnoCode)
        default: "\(error)"
        }
    }

    private static func words(for error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
            .socksHandshakeTimeout:
            "connecting took too long"
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
