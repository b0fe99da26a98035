import Diagnostics
import PackageSources

/// How S3 is reached: what variables and the AWS tools' profiles say.
package struct S3Settings: Sendable {
    /// How a bucket is named in an address.
    enum Style: String, Sendable {
        /// In the host for AWS, in the path for every other service.
        case automatic = "auto"
        case path
        case virtual
    }

    /// The service, where it is not AWS.
    var endpoint: IndexAddress?
    /// Where tokens are exchanged for keys, where it is not AWS.
    var tokenEndpoint: IndexAddress?
    package var region = "us-east-1"
    var style = Style.automatic
    /// How the service encrypts what it stores (`AES256`, `aws:kms`); `nil` for its own setting.
    var encryption: String?
    /// Further attempts after a failure that may pass. Default: 7, as Metaflow's.
    package var retries = 7
    /// Requests under way at once. Default: 32.
    package var concurrency = 32
    /// Objects longer than this go in parts of this size, in bytes. Default: 8 MiB; never less than 5 MiB, which S3 wants.
    package var partSize: Int64 = 8 << 20
    /// Parts of one object under way at once.
    static let partsAtOnce = 8
    /// Proxies and certificates.
    var connections = IndexConfiguration(indexes: [])

    /// - Throws: `.unusableAddress` for an endpoint that is none; `.credentials` for a profile that cannot be read or is not there.
    package init(environment: [String: String]) throws(ObjectStoreError) {
        let variables = SetVariables(environment)
        let profiles: Profiles
        do throws(CredentialError) {
            profiles = try ProfileFiles(environment: environment).read()
        } catch {
            throw error.error(store: "S3")
        }
        let profile = variables["AWS_PROFILE"] ?? variables["AWS_DEFAULT_PROFILE"] ?? "default"
        region = variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"] ?? profiles[profile, "region"] ?? region
        style = Self.style(variables["AWS_S3_ADDRESSING_STYLE"] ?? profiles[profile, "s3.addressing_style"])
        encryption = variables["METAFLOW_S3_SERVER_SIDE_ENCRYPTION"]
        retries = Self.number(variables["METAFLOW_S3_RETRY_COUNT"], in: 0...50) ?? retries
        concurrency = Self.number(variables["METAFLOW_S3_WORKER_COUNT"], in: 1...512) ?? concurrency
        try findEndpoints(variables, profiles, profile)
        try secure(environment, variables, profiles[profile, "ca_bundle"])
    }

    private static func style(_ text: String?) -> Style { text.flatMap { Style(rawValue: $0.lowercased()) } ?? .automatic }

    private static func number(_ text: String?, in range: ClosedRange<Int>) -> Int? {
        text.flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
    }

    private mutating func findEndpoints(
        _ variables: SetVariables, _ profiles: Profiles, _ profile: String
    ) throws(ObjectStoreError) {
        if let url = variables["METAFLOW_S3_ENDPOINT_URL"] {
            endpoint = try ConfiguredEndpoints.address(url, of: "s3", "METAFLOW_S3_ENDPOINT_URL")
        }
        let endpoints = ConfiguredEndpoints(variables: variables, profiles: profiles, profile: profile)
        if endpoint == nil { endpoint = try endpoints.endpoint(of: "s3") }
        tokenEndpoint = try endpoints.endpoint(of: "sts")
    }

    /// Certificates and proxies. pip's own settings are not S3's.
    private mutating func secure(
        _ environment: [String: String], _ variables: SetVariables, _ bundle: String?
    ) throws(ObjectStoreError) {
        let verify = variables["METAFLOW_S3_VERIFY_CERTIFICATE"]
        let isUnchecked = ["0", "false", "no", "off"].contains(verify?.lowercased())
        if isUnchecked, let endpoint { connections.trustedHosts = [endpoint.host] }
        let named = isUnchecked || ["1", "true", "yes", "on"].contains(verify?.lowercased()) ? nil : verify
        connections.certificateFile =
            named ?? variables["AWS_CA_BUNDLE"] ?? bundle ?? variables["PENSTOCK_CA_FILE"] ?? variables["SSL_CERT_FILE"]
            ?? variables["REQUESTS_CA_BUNDLE"] ?? variables["CURL_CA_BUNDLE"]
        do throws(PackageSourceError) {
            connections.proxies = try ProxyConfiguration(environment: environment, pipProxy: nil)
        } catch {
            throw .unusableAddress("a proxy", reason: error.diagnostic.headline)
        }
    }
}
