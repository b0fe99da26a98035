import Digests
import NIOCore
import PackageSources

/// The Security Token Service, which lends keys of a role.
struct TokenService: Sendable {
    let settings: S3Settings
    let connections: HTTPConnections
    let options: HTTPOptions

    enum Order: Sendable {
        case webIdentity(role: String, session: String, token: String)
        case role(String, externalID: String?, session: String, keys: AWSCredentials)
    }

    /// - Parameters:
    ///   - name: what lends them, for messages.
    ///   - order: what is asked for; made when it is needed, since tokens are renewed in their files.
    func keys(
        _ name: String, _ order: () async throws(CredentialError) -> Order
    ) async throws(CredentialError) -> AWSCredentials {
        let exchange = LendingExchange(connections: connections, options: options, name: name)
        let (call, url) = call(try await order())
        switch try await exchange.ask(call, url) {
        case .silence(let words): throw .source(name: name, problem: words)
        case .answer(let status, let body):
            let root = XMLElement(parsing: body)
            let result = root?["AssumeRoleWithWebIdentityResult"] ?? root?["AssumeRoleResult"]
            guard status == 200, let found = result?["Credentials"], let access = found.text("AccessKeyId"),
                let secret = found.text("SecretAccessKey"), let token = found.text("SessionToken"),
                let end = found.text("Expiration").flatMap({ SigningTime(iso: $0) })
            else { throw .source(name: name, problem: Self.words(status, root)) }
            return AWSCredentials(accessKey: access, secretKey: secret, sessionToken: token, expiry: end.seconds)
        }
    }

    private static func words(_ status: Int, _ root: XMLElement?) -> String {
        let error = root?["Error"]
        let said = [error?.text("Code"), error?.text("Message")].compactMap { $0 }.joined(separator: ": ")
        return "the token service answered \(status)" + (said.isEmpty ? "" : " (\(said))")
    }

    private func call(_ order: Order) -> (HTTPCall, String) {
        let base: (scheme: String, host: String, path: String) = settings.tokenEndpoint.map(S3Endpoint.parts)
            ?? ("https", "sts.\(settings.region).\(S3Endpoint.domain(settings.region))", "")
        var form = [("Version", "2011-06-15")]
        var keys: AWSCredentials?
        switch order {
        case .webIdentity(let role, let session, let token):
            form += [("Action", "AssumeRoleWithWebIdentity"), ("RoleArn", role), ("RoleSessionName", session), ("WebIdentityToken", token)]
        case .role(let role, let externalID, let session, let source):
            form += [("Action", "AssumeRole"), ("RoleArn", role), ("RoleSessionName", session)]
            if let externalID { form.append(("ExternalId", externalID)) }
            keys = source
        }
        let body = ByteBuffer(string: URIEncoding.query(form.map { (name: $0.0, value: $0.1) }))
        var headers: [(name: String, value: String)] = [
            ("Host", base.host), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        ]
        let path = base.path.isEmpty ? "/" : base.path
        if let keys {
            let request = SignatureV4.Request(
                method: "POST", path: path, headers: headers, payload: S3Body(body).digest.hex)
            headers = SignatureV4(keys, region: settings.region, service: "sts")
                .headers(for: request, at: SigningTime(options.now()))
        }
        return (HTTPCall("POST", headers.map { ($0.name, $0.value) }, body: body), "\(base.scheme)://\(base.host)\(path)")
    }
}
