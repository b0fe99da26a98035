import Crypto
import Digests
import FoundationEssentials

/// Signs requests as services of AWS and those that speak like them want it: Signature Version 4.
///
/// A signature binds method, path, query, the signed headers and the hash of the body to a key, a day, a region and a
/// service. Whoever reads it cannot make another with it.
package struct SignatureV4: Sendable {
    let credentials: AWSCredentials
    let region: String
    let service: String

    package init(_ credentials: AWSCredentials, region: String, service: String = "s3") {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// What is signed of a request.
    package struct Request {
        package var method: String
        /// Encoded as it is sent.
        package var path: String
        package var query: [(name: String, value: String)] = []
        /// All of them are signed; `Host` has to be among them.
        package var headers: [(name: String, value: String)]
        /// The SHA-256 of the body in hexadecimal digits, or a word that stands for none.
        package var payload: String

        package init(
            method: String, path: String, query: [(name: String, value: String)] = [], headers: [(name: String, value: String)],
            payload: String
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.payload = payload
        }
    }

    /// Says that the body is no part of the signature.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    /// The hash of a request without a body.
    package static let emptyPayload = SHA256Digest(hashing: [UInt8]()).hex

    /// The headers to send: those of the request, the time, the hash, the token, and `Authorization`.
    package func headers(for request: Request, at time: SigningTime) -> [(name: String, value: String)] {
        var signed = request
        signed.headers.append(("X-Amz-Date", time.text))
        signed.headers.append(("X-Amz-Content-Sha256", request.payload))
        if let token = credentials.sessionToken { signed.headers.append(("X-Amz-Security-Token", token)) }
        let signature = signature(of: signed, at: time)
        let value = "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope(time)), "
            + "SignedHeaders=\(Self.names(signed.headers)), Signature=\(signature)"
        return signed.headers + [("Authorization", value)]
    }

    /// The query of an address that whoever has it may use until `lifetime` seconds have passed.
    package func presignedQuery(for request: Request, at time: SigningTime, lifetime: Int64) -> String {
        var signed = request
        signed.query += [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", "\(credentials.accessKey)/\(scope(time))"),
            ("X-Amz-Date", time.text), ("X-Amz-Expires", "\(lifetime)"), ("X-Amz-SignedHeaders", Self.names(request.headers)),
        ]
        if let token = credentials.sessionToken { signed.query.append(("X-Amz-Security-Token", token)) }
        signed.payload = Self.unsignedPayload
        return URIEncoding.query(signed.query) + "&X-Amz-Signature=\(signature(of: signed, at: time))"
    }

    private func scope(_ time: SigningTime) -> String { "\(time.day)/\(region)/\(service)/aws4_request" }

    private func signature(of request: Request, at time: SigningTime) -> String {
        let text = "AWS4-HMAC-SHA256\n\(time.text)\n\(scope(time))\n\(SHA256Digest(hashing: Self.canonical(request)))"
        var key = SymmetricKey(data: Data("AWS4\(credentials.secretKey)".utf8))
        for part in [time.day, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key))
        }
        return HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).map(Self.hex).joined()
    }

    /// The one form of a request that both sides hash.
    static func canonical(_ request: Request) -> String {
        let headers = request.headers.map { ($0.name.lowercased(), collapsed($0.value)) }.sorted { $0 < $1 }
        let lines = headers.map { "\($0.0):\($0.1)\n" }.joined()
        return [
            request.method, request.path, URIEncoding.query(request.query), lines, names(request.headers), request.payload,
        ].joined(separator: "\n")
    }

    private static func names(_ headers: [(name: String, value: String)]) -> String {
        headers.map { $0.name.lowercased() }.sorted().joined(separator: ";")
    }

    /// Without spaces around, and with one where there are several.
    private static func collapsed(_ value: String) -> String { value.split(separator: " ").joined(separator: " ") }

    private static func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }
}
