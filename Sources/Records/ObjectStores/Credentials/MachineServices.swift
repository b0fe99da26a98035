import Archives
import FoundationEssentials
import PackageSources
import SystemPackage

/// The metadata service of a virtual machine, by its second version: a session first, then the keys of the machine's role.
struct InstanceService: Sendable {
    let connections: HTTPConnections
    let options: HTTPOptions
    let name: String

    /// The problem where no such service answers.
    static let isNotThere = "there is no metadata service here"

    func keys(_ endpoint: String) async throws(CredentialError) -> AWSCredentials {
        let base = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        let exchange = LendingExchange(connections: connections, options: options, name: name, attempts: 2)
        let session = try await text(
            try await exchange.ask(HTTPCall("PUT", [("x-aws-ec2-metadata-token-ttl-seconds", "21600")]), "\(base)/latest/api/token"))
        let headers = [("x-aws-ec2-metadata-token", session)]
        let roles = "\(base)/latest/meta-data/iam/security-credentials/"
        let role = try await text(try await exchange.ask(HTTPCall("GET", headers), roles))
        guard let first = role.split(whereSeparator: \.isNewline).first else {
            throw .source(name: name, problem: "the machine has no role")
        }
        let answer = try await text(try await exchange.ask(HTTPCall("GET", headers), roles + URIEncoding.encode(first)))
        guard let keys = PrintedCredentials.read(Array(answer.utf8)) else {
            throw .source(name: name, problem: "its answer cannot be understood")
        }
        return keys
    }

    private func text(_ outcome: LendingExchange.Outcome) async throws(CredentialError) -> String {
        switch outcome {
        case .silence: throw .source(name: name, problem: Self.isNotThere)
        case .answer(200, let body): return String(String(decoding: body, as: UTF8.self).trimmed)
        case .answer(404, _): throw .source(name: name, problem: "the machine has no role")
        case .answer(let status, _): throw .source(name: name, problem: "it answered \(status)")
        }
    }
}

/// The service beside a container, which knows the role of the container.
struct ContainerService: Sendable {
    let connections: HTTPConnections
    let options: HTTPOptions
    let name: String

    func keys(_ url: String, _ token: CredentialOrigin.ContainerToken) async throws(CredentialError) -> AWSCredentials {
        guard Self.isTrusted(url) else {
            throw .source(name: name, problem: "its address is neither https nor on this machine, so it is not asked")
        }
        var headers = [("Accept", "application/json")]
        switch token {
        case .none: break
        case .text(let text): headers.append(("Authorization", text))
        case .file(let path):
            let text = try await BlockingWork.run { () throws(CredentialError) in try SmallFile.text(path) }
            guard let text else { throw .file(path: path.string, problem: "there is no such file") }
            headers.append(("Authorization", String(text.trimmed)))
        }
        let exchange = LendingExchange(connections: connections, options: options, name: name)
        switch try await exchange.ask(HTTPCall("GET", headers), url) {
        case .silence(let words): throw .source(name: name, problem: words)
        case .answer(200, let body):
            guard let keys = PrintedCredentials.read(body) else {
                throw .source(name: name, problem: "its answer cannot be understood")
            }
            return keys
        case .answer(let status, _): throw .source(name: name, problem: "it answered \(status)")
        }
    }

    /// A token is given to nobody else.
    private static func isTrusted(_ url: String) -> Bool {
        guard let address = IndexAddress(parsing: url) else { return false }
        let near = ["localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "::1"]
        return address.scheme == "https" || near.contains(address.host) || address.host.hasPrefix("127.")
    }
}
