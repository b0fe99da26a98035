import PackageSources

/// The addresses of buckets and objects at a service.
package struct S3Endpoint: Sendable {
    let settings: S3Settings

    package init(settings: S3Settings) { self.settings = settings }

    /// Where a request goes, and what of that is signed.
    package struct Place: Sendable {
        /// Scheme and authority.
        package var origin: String
        /// As the header `Host` has it.
        package var host: String
        /// Encoded.
        package var path: String
    }

    /// - Parameters:
    ///   - key: as it is, not encoded; empty for the bucket itself.
    ///   - region: of the bucket, where it is known to be another than the configured one.
    package func place(bucket: String, key: String, region: String) -> Place {
        let base = base(region)
        let name = URIEncoding.encodePath(key)
        if isInHost(bucket) {
            return Place(origin: "\(base.scheme)://\(bucket).\(base.host)", host: "\(bucket).\(base.host)", path: "\(base.path)/\(name)")
        }
        let path = key.isEmpty ? "\(base.path)/\(bucket)" : "\(base.path)/\(bucket)/\(name)"
        return Place(origin: "\(base.scheme)://\(base.host)", host: base.host, path: path)
    }

    private func base(_ region: String) -> (scheme: String, host: String, path: String) {
        if let endpoint = settings.endpoint { return Self.parts(endpoint) }
        return ("https", "s3.\(region).\(Self.domain(region))", "")
    }

    /// Scheme, host with port, and path without a slash at its end.
    static func parts(_ address: IndexAddress) -> (scheme: String, host: String, path: String) {
        let rest = address.url.dropFirst(address.scheme.count + 3)
        let path = rest.firstIndex(of: "/").map { rest[$0...].prefix { $0 != "?" } } ?? ""
        let name = address.host.contains(":") ? "[\(address.host)]" : address.host
        let isUsual = address.port == (address.scheme == "http" ? 80 : 443)
        return (address.scheme, isUsual ? name : "\(name):\(address.port)", path.hasSuffix("/") ? String(path.dropLast()) : String(path))
    }

    /// AWS in China is another one.
    static func domain(_ region: String) -> String { region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com" }

    /// A bucket with dots has no certificate for its host, one with capitals no host at all.
    private func isInHost(_ bucket: String) -> Bool {
        switch settings.style {
        case .path: return false
        case .virtual: break
        case .automatic: if settings.endpoint != nil { return false }
        }
        return bucket.utf8.count <= 63 && bucket.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
    }
}
