/// What the person's own options say about indexes; they come before every variable and file.
public struct IndexOptions: Sendable, Hashable {
    /// The main index.
    public var indexURL: String?
    /// Further indexes, put together with the main one.
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
    /// Hosts (`host` or `host:port`) whose certificates are not checked.
    public var trustedHosts: [String] = []
    /// Whether the network is switched off.
    public var isOffline = false
    /// The folder from which a project's configuration is looked for, upwards; `nil` to look for none.
    public var projectFolder: String?

    /// Where the machine's own configuration lies; tests have another place.
    package var systemFolder = "/etc"

    public init() {}
}
