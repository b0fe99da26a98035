/// A package index: an address that answers `/PROJECT/` with the files of a project (PEP 503, PEP 691).
public struct PackageIndex: Sendable, Hashable {
    /// The name that the configuration gives it, if any.
    public let name: String?
    /// Without slashes at its end.
    public let address: IndexAddress
    /// The option, variable or file that named it, for messages.
    public let origin: String

    public init(name: String? = nil, address: IndexAddress, origin: String) {
        self.name = name
        self.address = address.asBase
        self.origin = origin
    }
}

/// Which indexes are asked, and how: everything that was found in options, variables and files.
public struct IndexConfiguration: Sendable {
    /// The indexes in the order in which they are asked. The first group that knows a project answers for it alone, as uv
    /// has it; within a group the files of all indexes are put together, as pip has it.
    public var groups: [[PackageIndex]]
    /// Credentials that do not stand in an address.
    var netrc = NetrcFile()
    /// A file of PEM certificates instead of the system's.
    public var certificateFile: String?
    public var proxies = ProxyConfiguration()
    /// Hosts (`host` or `host:port`) whose certificates are not checked: pip's `trusted-host`.
    public var trustedHosts: Set<String> = []
    /// How long a connection may be silent. Default: 30 s.
    public var timeout: Duration = .seconds(30)
    /// Whether the network is switched off.
    public var isOffline = false
    /// What the person should know: settings that were found and are not followed.
    public var warnings: [String] = []
    /// What helps to understand why a project was not found; not worth a word otherwise.
    public var hints: [String] = []

    public init(groups: [[PackageIndex]]) {
        self.groups = groups
    }

    /// One index and nothing else.
    ///
    /// - Throws: `.unusableAddress`.
    public init(index url: String, origin: String = "the caller") throws(PackageSourceError) {
        groups = [[try PackageIndex(url, origin: origin)]]
    }

    /// All indexes in the order in which they are asked.
    public var indexes: [PackageIndex] { groups.flatMap { $0 } }
}

extension PackageIndex {
    /// - Throws: `.unusableAddress`.
    init(name: String? = nil, _ url: String, origin: String) throws(PackageSourceError) {
        guard let address = IndexAddress(parsing: url), address.scheme == "https" || address.scheme == "http" else {
            throw .unusableAddress(redacting(url), origin: origin)
        }
        self.init(name: name, address: address, origin: origin)
    }
}
