import PythonPackaging
import SystemPackage

// How servers are reached, as it was found.
extension FoundSettings {
    var strategy: IndexStrategy {
        get throws(PackageSourceError) {
            if let strategy = options.strategy { return strategy }
            let found =
                variable("PENSTOCK_INDEX_STRATEGY", "UV_INDEX_STRATEGY")
                ?? uv.strategy.map { ($0, "uv's configuration") }
            guard let found else { return .firstIndex }
            guard let strategy = IndexStrategy(rawValue: found.value.lowercased()) else {
                let names = IndexStrategy.allCases.map(\.rawValue).joined(separator: ", ")
                throw .configuration(
                    file: found.name, line: nil, problem: "'\(found.value)' is no index strategy; there are \(names)")
            }
            return strategy
        }
    }

    var refresh: RefreshPolicy { options.refresh }

    var netrc: NetrcFile {
        get throws(PackageSourceError) { try files.netrc() }
    }

    /// pip's `auto` means a keyring if there is one; nothing at all means none, as in uv, since a keyring may ask back.
    var keyring: KeyringCommand? {
        get throws(PackageSourceError) {
            if let provider = options.keyring {
                return provider == .subprocess ? KeyringCommand(environment: environment, isOptional: false) : nil
            }
            let found =
                variable("PENSTOCK_KEYRING_PROVIDER", "UV_KEYRING_PROVIDER", "PIP_KEYRING_PROVIDER")
                ?? pip["keyring-provider"].map { ($0, "pip's configuration") }
                ?? uv.keyring.map { ($0, "uv's configuration") }
            guard let found else { return nil }
            switch found.value.lowercased() {
            case "disabled": return nil
            case "subprocess": return KeyringCommand(environment: environment, isOptional: false)
            case "auto", "import": return KeyringCommand(environment: environment, isOptional: true)
            default:
                throw .configuration(
                    file: found.name, line: nil,
                    problem: "'\(found.value)' is no keyring provider; there are subprocess and disabled")
            }
        }
    }

    private func pipSetting(_ variable: String, _ key: String) -> (value: String, name: String)? {
        self.variable(variable) ?? pip[key].map { ($0, "pip's configuration") }
    }

    /// Certificates instead of the system's: a file, a folder, or both.
    var authorities: (file: String?, folder: String?) {
        get throws(PackageSourceError) {
            let named = variable("PENSTOCK_CA_FILE", "PIP_CERT") ?? pip["cert"].map { ($0, "pip's configuration") }
            if let named { return try place(named) }
            let file = variable("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
            let folders = variable("SSL_CERT_DIR")
            var result: (file: String?, folder: String?) = (nil, nil)
            if let file { result = try place(file) }
            // Several folders may stand there, as in PATH; those that are not there are passed over.
            let folder = folders?.value.split(separator: ":").first { LocalFolder.kind(of: FilePath(String($0))) == .folder }
            if let folder, result.folder == nil { result.folder = String(folder) }
            return result
        }
    }

    private func place(_ found: (value: String, name: String)) throws(PackageSourceError) -> (String?, String?) {
        switch LocalFolder.kind(of: FilePath(found.value)) {
        case .file: return (found.value, nil)
        case .folder: return (nil, found.value)
        case .missing:
            throw .configuration(
                file: found.name, line: nil, problem: "it names certificates in '\(found.value)', and there is no such file")
        }
    }

    var clientCertificate: String? {
        get throws(PackageSourceError) {
            let named =
                variable("PENSTOCK_CLIENT_CERT") ?? pipSetting("PIP_CLIENT_CERT", "client-cert")
                ?? variable("SSL_CLIENT_CERT")
            guard let named else { return nil }
            guard LocalFolder.kind(of: FilePath(named.value)) == .file else {
                throw .configuration(
                    file: named.name, line: nil,
                    problem: "it names the client certificate '\(named.value)', and there is no such file")
            }
            return named.value
        }
    }

    var proxies: ProxyConfiguration {
        get throws(PackageSourceError) {
            try ProxyConfiguration(environment: environment, pipProxy: pipSetting("PIP_PROXY", "proxy")?.value)
        }
    }

    var trustedHosts: Set<String> {
        let texts = options.trustedHosts + splitList(environment["PIP_TRUSTED_HOST"] ?? "") + pip.list("trusted-host")
            + splitList(environment["UV_INSECURE_HOST"] ?? "") + uv.insecureHosts
        return Set(texts.map { $0.lowercased() })
    }

    /// In seconds.
    var timeout: Int? {
        let texts = [environment["UV_HTTP_TIMEOUT"], environment["PIP_DEFAULT_TIMEOUT"], pip["timeout"]]
        return texts.lazy.compactMap { $0.flatMap(Double.init) }.first { $0 >= 1 && $0 < 86400 }.map { Int($0) }
    }
}
