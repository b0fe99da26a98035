import PackageSources

/// The addresses of services that variables and profiles of AWS's tools name, where they are not AWS's own.
struct ConfiguredEndpoints {
    let variables: SetVariables
    let profiles: Profiles
    let profile: String

    /// - Parameter service: `s3`, `sts`, `batch`: as in `AWS_ENDPOINT_URL_S3` and in a profile's `services` section.
    /// - Throws: `.unusableAddress` for one that is none.
    func endpoint(of service: String) throws(ObjectStoreError) -> IndexAddress? {
        let isIgnored = variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] ?? profiles[profile, "ignore_configured_endpoint_urls"]
        guard isIgnored?.lowercased() != "true" else { return nil }
        let variable = "AWS_ENDPOINT_URL_\(service.uppercased())"
        let found =
            variables[variable].map { ($0, variable) } ?? variables["AWS_ENDPOINT_URL"].map { ($0, "AWS_ENDPOINT_URL") }
            ?? profiles.service(profile, "\(service).endpoint_url").map { ($0, "the profile '\(profile)'") }
            ?? profiles[profile, "endpoint_url"].map { ($0, "the profile '\(profile)'") }
        guard let found else { return nil }
        return try Self.address(found.0, of: service, found.1)
    }

    /// - Parameter origin: what names the address, for messages.
    static func address(_ text: String, of service: String, _ origin: String) throws(ObjectStoreError) -> IndexAddress {
        guard let address = IndexAddress(parsing: text), ["http", "https"].contains(address.scheme), address.credentials == nil else {
            let shown = text.contains("@") ? "****" : text
            let name = ["s3": "S3", "sts": "token"][service] ?? service
            throw .unusableAddress(shown, reason: "\(origin) names it as the \(name) service, and it is not an https or http address")
        }
        return address
    }
}
