/// What the person's own options, or the files they name, say about indexes; it comes before every variable and
/// configuration file.
public struct IndexOptions: Sendable, Hashable {
    /// The main index, asked after all others: an address or `name=address`.
    public var indexURL: String?
    /// Further indexes, asked before the main one, in order: addresses or `name=address`.
    public var extraIndexURLs: [String] = []
    /// Indexes that are asked for the packages pinned to them and for nothing else: `name=address`.
    public var explicitIndexes: [String] = []
    /// Packages that come from one index alone; the first pin of a package whose marker holds counts.
    public var pins: [IndexPin] = []
    /// Folders, archives and pages of links (paths, `file:`, `http:` or `https:` addresses) that are looked at beside the
    /// indexes. A relative path is taken from the working folder.
    public var findLinks: [String] = []
    /// Whether no index is asked, only `findLinks`.
    public var ignoresIndexes = false
    /// Which of several indexes may answer; `nil` for what is configured, else the first that knows the project.
    public var strategy: IndexStrategy?
    /// What is validated although the cache holds it fresh.
    public var refresh = RefreshPolicy.none
    /// Where passwords come from; `nil` for what is configured, else from no keyring.
    public var keyring: KeyringProvider?
    /// Hosts (`host` or `host:port`) whose certificates are not checked.
    public var trustedHosts: [String] = []
    /// Whether the network is switched off.
    public var isOffline = false
    /// The folder from which a project's configuration is looked for, upwards; `nil` to look for none.
    public var projectFolder: String?

    /// Where the machine's own configuration lies; tests have another place.
    package var systemFolder = "/etc"

    public init() {}

    /// Takes over what a file of lower rank says: single answers where there are none yet, lists behind one's own.
    public mutating func add(_ other: IndexOptions) {
        indexURL = indexURL ?? other.indexURL
        extraIndexURLs += other.extraIndexURLs.filter { !extraIndexURLs.contains($0) }
        explicitIndexes += other.explicitIndexes.filter { !explicitIndexes.contains($0) }
        pins += other.pins.filter { !pins.contains($0) }
        findLinks += other.findLinks.filter { !findLinks.contains($0) }
        ignoresIndexes = ignoresIndexes || other.ignoresIndexes
        strategy = strategy ?? other.strategy
        if refresh == .none { refresh = other.refresh }
        keyring = keyring ?? other.keyring
        trustedHosts += other.trustedHosts.filter { !trustedHosts.contains($0) }
        isOffline = isOffline || other.isOffline
        projectFolder = projectFolder ?? other.projectFolder
    }
}
