/// Who asks an S3 service: a key, its secret, and a token where the two are lent for a while only.
package struct AWSCredentials: Sendable, Hashable {
    /// Names the key; no secret, and part of every signature.
    package var accessKey: String
    package var secretKey: String
    package var sessionToken: String?
    /// Seconds since 1970 after which the service refuses them; `nil` for keys that last.
    package var expiry: Int64?

    package init(accessKey: String, secretKey: String, sessionToken: String? = nil, expiry: Int64? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expiry = expiry
    }

    /// Whether they still serve at a time, with some seconds to spare for the request itself.
    func serve(at now: Int64, spare: Int64) -> Bool { expiry.map { $0 - spare > now } ?? true }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "****" }
    package var debugDescription: String { "****" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
