import PythonPackaging
import SystemPackage

extension IndexConfiguration {
    /// Finds out what the person has configured, for Penstock, pip or uv.
    ///
    /// The main index is the first that is found of: the options; `PENSTOCK_INDEX_URL`; `PIP_INDEX_URL`;
    /// `UV_DEFAULT_INDEX`, `UV_INDEX_URL`; pip's configuration files; uv's; and in the end what `defaultIndex` answers,
    /// which asks the interpreter's own pip. Further indexes come from all of these together and are asked before it.
    ///
    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - defaultIndex: asked only if nothing else answers.
    public static func discover(
        options: IndexOptions, environment: [String: String],
        defaultIndex: @Sendable () async throws -> String
    ) async throws(PackageSourceError) -> IndexConfiguration {
        let settings = try FoundSettings(options: options, environment: environment)
        guard !settings.ignoresIndexes else { return try settings.configuration(main: nil) }
        if let main = settings.main { return try settings.configuration(main: main) }
        let url: String
        do {
            url = try await defaultIndex()
        } catch {
            throw .noIndex(cause: error)
        }
        return try settings.configuration(main: FoundIndex(url: url, origin: "the interpreter's pip"))
    }
}

extension IndexConfiguration {
    /// How servers are reached, without any index: for addresses that carry the right to be fetched in themselves. The
    /// switch that turns the network off is meant for indexes and does not count, and no password is sent.
    package static func connections(environment: [String: String]) throws(PackageSourceError) -> IndexConfiguration {
        var options = IndexOptions()
        options.ignoresIndexes = true
        var configuration = try FoundSettings(options: options, environment: environment).configuration(main: nil)
        configuration.isOffline = false
        configuration.netrc = NetrcFile()
        configuration.keyring = nil
        return configuration
    }
}

extension IndexConfiguration {
    /// How servers are reached that are no indexes of Python packages but are asked with the same care: with the passwords,
    /// proxies and certificates that are configured, and not at all where the network is switched off.
    ///
    /// - Parameter servers: addresses whose credentials count for everything below them.
    package static func servers(
        _ servers: [IndexAddress], options: IndexOptions, environment: [String: String]
    ) throws(PackageSourceError) -> IndexConfiguration {
        var options = options
        options.ignoresIndexes = true
        var configuration = try FoundSettings(options: options, environment: environment).configuration(main: nil)
        configuration.indexes = servers.map { PackageIndex(address: $0, origin: "the configured servers") }
        return configuration
    }
}

extension FoundSettings {
    /// - Parameter main: `nil` where no index is to be asked.
    func configuration(main: FoundIndex?) throws(PackageSourceError) -> IndexConfiguration {
        var configuration = IndexConfiguration(indexes: [], strategy: try strategy)
        var seen: Set<IndexAddress> = []
        for found in further + [main].compactMap({ $0 }) where !ignoresIndexes && !found.isExplicit {
            let index = try index(found)
            if seen.insert(index.address).inserted { configuration.indexes.append(index) }
        }
        for found in links {
            let index = try index(found)
            if seen.insert(index.address).inserted { configuration.flatIndexes.append(index) }
        }
        configuration.pins = try pins(main: main)
        configuration.refresh = refresh
        configuration.netrc = try netrc
        configuration.keyring = try keyring
        try secure(&configuration)
        configuration.isOffline = isOffline
        if let seconds = timeout { configuration.timeout = .seconds(seconds) }
        return configuration
    }

    /// With the credentials that variables give to an index of that name: `PENSTOCK_INDEX_NAME_USERNAME` and `…_PASSWORD`,
    /// or the same with `UV_`.
    private func index(_ found: FoundIndex) throws(PackageSourceError) -> PackageIndex {
        let index = try PackageIndex(name: found.name, found.url, layout: found.layout, origin: found.origin)
        guard let name = found.name, index.address.credentials == nil, !index.address.isFile else { return index }
        let key = String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        for tool in ["PENSTOCK", "UV"] {
            let user = environment["\(tool)_INDEX_\(key)_USERNAME"]
            let password = environment["\(tool)_INDEX_\(key)_PASSWORD"]
            guard user != nil || password != nil else { continue }
            let credentials = Credentials(user: user ?? "", password: password)
            return PackageIndex(
                name: found.name, address: index.address.with(credentials), layout: found.layout, origin: found.origin)
        }
        return index
    }

    private func pins(main: FoundIndex?) throws(PackageSourceError) -> [IndexConfiguration.Pin] {
        var result: [IndexConfiguration.Pin] = []
        for pin in foundPins {
            let named = (further + [main].compactMap { $0 }).first { $0.name == pin.pin.index }
            let isAddress = pin.pin.index.contains(":") || pin.pin.index.contains("/")
            guard let found = named ?? (isAddress ? FoundIndex(url: pin.pin.index, origin: pin.origin) : nil) else {
                throw .unknownIndex(name: pin.pin.index, package: pin.pin.package, origin: pin.origin)
            }
            result.append(.init(package: pin.pin.package, index: try index(found), marker: pin.pin.marker))
        }
        return result
    }

    private func secure(_ configuration: inout IndexConfiguration) throws(PackageSourceError) {
        let authorities = try authorities
        configuration.certificateFile = authorities.file
        configuration.certificateFolder = authorities.folder
        configuration.clientCertificate = try clientCertificate
        configuration.proxies = try proxies
        configuration.trustedHosts = trustedHosts
    }
}
