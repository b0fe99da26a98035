import AsyncHTTPClient
import Clusters
import NIOCore
import NIOPosix
import NIOSSL

/// How the connections to a cluster are protected.
struct ConnectionSecurity {
    private let access: ClusterAccess
    private let login: ClusterLogin

    init(_ access: ClusterAccess, _ login: ClusterLogin) {
        self.access = access
        self.login = login
    }

    /// Blocks where certificates stand in files.
    func settings() throws(ClusterError) -> TLSConfiguration {
        var settings = TLSConfiguration.makeClientConfiguration()
        if access.skipsVerification {
            settings.certificateVerification = .none
        } else if let authority = access.authority {
            settings.trustRoots = .certificates(try certificates(try authority.bytes(), "the certificate-authority"))
        }
        if let certificate = login.certificate, let key = login.key {
            settings.certificateChain = try certificates(certificate, "the client certificate").map { .certificate($0) }
            do {
                settings.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
            } catch {
                throw unusable("the client key", "a key")
            }
        }
        return settings
    }

    private func certificates(_ bytes: [UInt8], _ what: String) throws(ClusterError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw unusable(what, "certificates")
        }
        return certificates
    }

    private func unusable(_ what: String, _ expected: String) -> ClusterError {
        ClusterError(
            "kubernetes", .notSetUp, "\(what) of \(access.origin) is not \(expected) in PEM form",
            help: "log in again, or correct the kubeconfig file")
    }
}

/// Why a connection did not do.
enum ConnectionFailure {
    static func error(_ error: any Error, _ access: ClusterAccess) -> ClusterError {
        if let error = error as? ClusterError { return error }
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidateCertificate") {
            return ClusterError(
                "kubernetes", .notSetUp, "the certificate of \(access.server) is not vouched for by the authority of \(access.origin)",
                help: "correct certificate-authority-data, or set tls-server-name where the certificate is another name's")
        }
        let reason =
            switch error {
            case is NIOConnectionError: "no connection: refused, no way there, or its name is not known"
            case let error as HTTPClientError:
                switch error {
                case .deadlineExceeded, .readTimeout: "it does not answer in time"
                case .connectTimeout: "no connection within 15 seconds"
                case .remoteConnectionClosed: "it closed the connection"
                default: String(text.prefix(300))
                }
            default: String(text.prefix(300))
            }
        return ClusterError(
            "kubernetes", .unreachable, "the cluster at \(access.server) cannot be reached: \(reason)",
            help: "see whether the cluster runs and whether \(access.origin) is right")
    }
}

/// The parts of the server's address.
struct ServerAddress {
    /// What requests are sent to: the name that the certificate is for, where it is another one.
    let url: String
    let host: String
    /// The header `Host`, where the address does not give it.
    let hostHeader: String?

    init(_ access: ClusterAccess) {
        let parts = access.server.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        let rest = parts.count > 2 ? parts[2] : ""
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count)
        var (host, port) = (authority, "")
        if let end = authority.lastIndex(of: "]") {
            host = authority[authority.startIndex...end]
            port = String(authority[end...].dropFirst())
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            port = String(authority[colon...])
        }
        self.host = host.filter { $0 != "[" && $0 != "]" }
        if let name = access.serverName {
            url = "\(parts[0])//\(name)\(port)\(path)"
            hostHeader = String(authority)
        } else {
            url = access.server
            hostHeader = nil
        }
    }
}
