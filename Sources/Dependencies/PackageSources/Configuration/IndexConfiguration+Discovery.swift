import SystemPackage

extension IndexConfiguration {
    /// Finds out what the person has configured, for Penstock, pip or uv.
    ///
    /// The main index is the first that is found of: the options; `PENSTOCK_INDEX_URL`; `PIP_INDEX_URL`;
    /// `UV_DEFAULT_INDEX`, `UV_INDEX_URL`; pip's configuration files; uv's; and in the end what `defaultIndex` answers,
    /// which asks the interpreter's own pip. Further indexes come from all of these together.
    ///
    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - defaultIndex: asked only if nothing else answers.
    public static func discover(
        options: IndexOptions, environment: [String: String],
        defaultIndex: @Sendable () async throws -> String
    ) async throws(PackageSourceError) -> IndexConfiguration {
        let settings = try FoundSettings(options: options, environment: environment)
        var main = settings.main
        if main == nil {
            do {
                main = FoundIndex(url: try await defaultIndex(), origin: "the interpreter's pip")
            } catch {
                throw .noIndex(cause: error)
            }
        }
        guard let main else { throw .noIndex(cause: nil) }
        return try settings.configuration(main: main)
    }
}

/// An index as it was found, still unread.
struct FoundIndex {
    var name: String?
    var url: String
    var origin: String
}

/// Everything that was found, in order of rank.
struct FoundSettings {
    /// The main index, if anything names one.
    private(set) var main: FoundIndex?
    /// Indexes that answer alone if they know the project.
    private var preferred: [FoundIndex] = []
    /// Indexes that are put together with the main one.
    private var further: [FoundIndex] = []
    private let environment: [String: String]
    private let files: ConfigurationFiles
    private let pip: PipConfiguration
    private let isOffline: Bool

    init(options: IndexOptions, environment: [String: String]) throws(PackageSourceError) {
        self.environment = environment
        files = ConfigurationFiles(options, environment: environment)
        pip = try files.pip()
        let uv = try files.uv()
        isOffline = options.isOffline || Self.isSet(environment["PENSTOCK_OFFLINE"])
            || Self.isSet(environment["UV_OFFLINE"]) || uv.isOffline == true
        main = findMain(options, uv)
        findFurther(options, uv)
    }

    private func variable(_ name: String) -> FoundIndex? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return Self.named(value, origin: name)
    }

    private func findMain(_ options: IndexOptions, _ uv: UVConfiguration) -> FoundIndex? {
        if let url = options.indexURL { return FoundIndex(url: url, origin: "the option for the index") }
        for name in ["PENSTOCK_INDEX_URL", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"] {
            if let found = variable(name) { return found }
        }
        if let url = pip["index-url"] { return FoundIndex(url: url, origin: "pip's configuration") }
        if let index = uv.indexes.first(where: \.isDefault) {
            return FoundIndex(name: index.name, url: index.url, origin: "uv's configuration")
        }
        return uv.indexURL.map { FoundIndex(url: $0, origin: "uv's configuration") }
    }

    private mutating func findFurther(_ options: IndexOptions, _ uv: UVConfiguration) {
        func list(_ name: String) -> [FoundIndex] {
            splitList(environment[name] ?? "").map { Self.named($0, origin: name) }
        }
        further = options.extraIndexURLs.map { FoundIndex(url: $0, origin: "the option for further indexes") }
        further += list("PENSTOCK_EXTRA_INDEX_URL") + list("PIP_EXTRA_INDEX_URL")
        further += pip.list("extra-index-url").map { FoundIndex(url: $0, origin: "pip's configuration") }
        preferred = list("UV_INDEX") + list("UV_EXTRA_INDEX_URL")
        preferred += uv.indexes.filter { !$0.isDefault && !$0.isExplicit }.map {
            FoundIndex(name: $0.name, url: $0.url, origin: "uv's configuration")
        }
        preferred += uv.extraIndexURLs.map { FoundIndex(url: $0, origin: "uv's configuration") }
    }

    /// uv writes `name=url`; a name has no slash, an address has one before its first `=`.
    private static func named(_ text: String, origin: String) -> FoundIndex {
        if let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") {
            return FoundIndex(
                name: String(text[..<equals]), url: String(text[text.index(after: equals)...]), origin: origin)
        }
        return FoundIndex(url: text, origin: origin)
    }

    static func isSet(_ value: String?) -> Bool {
        guard let value = value?.lowercased() else { return false }
        return !["", "0", "false", "no", "off"].contains(value)
    }
}

extension FoundSettings {
    func configuration(main: FoundIndex) throws(PackageSourceError) -> IndexConfiguration {
        var seen: Set<IndexAddress> = []
        func read(_ found: FoundIndex) throws(PackageSourceError) -> PackageIndex? {
            let index = try withVariableCredentials(found)
            return seen.insert(index.address).inserted ? index : nil
        }
        var groups: [[PackageIndex]] = []
        var last: [PackageIndex] = []
        if let index = try read(main) { last.append(index) }
        for found in further { if let index = try read(found) { last.append(index) } }
        for found in preferred { if let index = try read(found) { groups.append([index]) } }
        groups.append(last)
        let together = environment["UV_INDEX_STRATEGY"] == "unsafe-best-match"
        var configuration = IndexConfiguration(groups: together ? [last + groups.dropLast().flatMap { $0 }] : groups)
        configuration.netrc = try files.netrc()
        configuration.certificateFile = certificateFile
        configuration.proxies = try ProxyConfiguration(
            environment: environment, pipProxy: setting("PIP_PROXY", "proxy"))
        configuration.trustedHosts = Set(
            (splitList(environment["PIP_TRUSTED_HOST"] ?? "") + pip.list("trusted-host")
                + splitList(environment["UV_INSECURE_HOST"] ?? "")).map { $0.lowercased() })
        configuration.isOffline = isOffline
        if let seconds = timeout { configuration.timeout = .seconds(seconds) }
        configuration.warnings = warnings
        configuration.hints = hints
        return configuration
    }

    /// `UV_INDEX_NAME_USERNAME` and `…_PASSWORD`, for indexes that have a name.
    private func withVariableCredentials(_ found: FoundIndex) throws(PackageSourceError) -> PackageIndex {
        let index = try PackageIndex(name: found.name, found.url, origin: found.origin)
        guard let name = found.name, index.address.credentials == nil else { return index }
        let key = String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        let user = environment["UV_INDEX_\(key)_USERNAME"]
        let password = environment["UV_INDEX_\(key)_PASSWORD"]
        guard user != nil || password != nil else { return index }
        let credentials = Credentials(user: user ?? "", password: password ?? "")
        return PackageIndex(
            name: found.name, address: index.address.with(credentials), origin: found.origin)
    }

    private func setting(_ variable: String, _ key: String) -> String? {
        if let value = environment[variable], !value.isEmpty { return value }
        return pip[key]
    }

    private var certificateFile: String? {
        for name in ["PENSTOCK_CA_FILE", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
            if let value = environment[name], !value.isEmpty { return value }
        }
        return pip["cert"]
    }

    private var timeout: Int? {
        let texts = [environment["UV_HTTP_TIMEOUT"], environment["PIP_DEFAULT_TIMEOUT"], pip["timeout"]]
        return texts.lazy.compactMap { $0.flatMap(Double.init) }.first { $0 >= 1 && $0 < 86400 }.map { Int($0) }
    }

    private var warnings: [String] {
        let isSet = Self.isSet(setting("PIP_NO_INDEX", "no-index")) || Self.isSet(environment["UV_NO_INDEX"])
        return isSet ? ["no-index is configured; this version of Penstock does not follow it"] : []
    }

    private var hints: [String] {
        let isSet = setting("PIP_FIND_LINKS", "find-links") != nil || environment["UV_FIND_LINKS"] != nil
        return isSet ? ["find-links is configured; this version of Penstock looks at indexes only"] : []
    }
}
