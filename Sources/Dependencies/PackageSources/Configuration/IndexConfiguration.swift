public import PythonPackaging

/// A place that offers packages.
public struct PackageIndex: Sendable, Hashable {
    public enum Layout: Sendable, Hashable {
        /// Answers `/PROJECT/` with the files of a project (PEP 503, PEP 691).
        case projects
        /// One page, or one folder, with links to files of any projects: pip's `find-links`.
        case flat
    }

    /// The name that the configuration gives it, if any.
    public let name: String?
    /// `https:`, `http:` or `file:`; without slashes at its end where projects are put behind it.
    public let address: IndexAddress
    public let layout: Layout
    /// The option, variable or file that named it, for messages.
    public let origin: String

    public init(name: String? = nil, address: IndexAddress, layout: Layout = .projects, origin: String) {
        self.name = name
        self.address = layout == .projects ? address.asBase : address
        self.layout = layout
        self.origin = origin
    }
}

/// Which indexes are asked, and how: everything that was found in options, variables and files.
public struct IndexConfiguration: Sendable {
    /// A package that comes from one index and no other, found by name.
    public struct Pin: Sendable {
        public var package: PackageName
        public var index: PackageIndex
        /// `nil` for everywhere.
        public var marker: Marker?

        public init(package: PackageName, index: PackageIndex, marker: Marker? = nil) {
            self.package = package
            self.index = index
            self.marker = marker
        }
    }

    /// The indexes in the order in which they are asked.
    public var indexes: [PackageIndex]
    /// Which of them may answer for a project. Default: the first that knows it.
    public var strategy = IndexStrategy.firstIndex
    /// Pages and folders of links; what they offer is put together with what the indexes answer.
    public var flatIndexes: [PackageIndex] = []
    /// In order of rank.
    public var pins: [Pin] = []
    /// What is validated although the cache holds it fresh. Default: nothing.
    public var refresh = RefreshPolicy.none
    /// Credentials that do not stand in an address.
    var netrc = NetrcFile()
    /// Credentials that other tools have stored; they go before those of netrc.
    package var logins: [ServerLogin] = []
    /// The command that is asked for passwords, if any.
    var keyring: KeyringCommand?
    /// How long that command may take for an answer. Default: 20 s.
    package var keyringPatience: Duration {
        get { keyring?.patience ?? .seconds(20) }
        set { keyring?.patience = newValue }
    }
    /// A file of PEM certificates instead of the system's.
    public var certificateFile: String?
    /// A folder of PEM certificates, instead of the system's or beside `certificateFile`.
    public var certificateFolder: String?
    /// A PEM file with the certificate, and the key, that servers are shown who ask for one.
    public var clientCertificate: String?
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

    public init(indexes: [PackageIndex], strategy: IndexStrategy = .firstIndex) {
        self.indexes = indexes
        self.strategy = strategy
    }

    /// One index and nothing else.
    ///
    /// - Throws: `.unusableAddress`.
    public init(index url: String, origin: String = "the caller") throws(PackageSourceError) {
        self.init(indexes: [try PackageIndex(url, origin: origin)])
    }

    /// Everything that may be asked, also what is asked for pinned packages only.
    var allIndexes: [PackageIndex] { indexes + pins.map(\.index) + flatIndexes }

    /// The index that a package is pinned to.
    ///
    /// - Parameter environment: where the packages are to be installed; without one only pins for everywhere hold.
    func pin(for package: PackageName, in environment: MarkerEnvironment?) -> PackageIndex? {
        pins.first { pin in
            guard pin.package == package else { return false }
            guard let marker = pin.marker else { return true }
            return environment.map { marker.evaluate(in: $0) } ?? false
        }?.index
    }
}

extension PackageIndex {
    /// - Throws: `.unusableAddress`.
    package init(name: String? = nil, _ url: String, layout: Layout = .projects, origin: String) throws(PackageSourceError) {
        guard let address = IndexAddress(parsing: url), address.isFetchable else {
            throw .unusableAddress(redacting(url), origin: origin)
        }
        self.init(name: name, address: address, layout: layout, origin: origin)
    }
}
