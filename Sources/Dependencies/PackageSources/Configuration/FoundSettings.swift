import PythonPackaging
import SystemPackage

/// An index as it was found, still unread.
struct FoundIndex {
    var name: String?
    var url: String
    var layout = PackageIndex.Layout.projects
    /// Whether it is asked for pinned packages only.
    var isExplicit = false
    var origin: String

    init(
        name: String? = nil, url: String, layout: PackageIndex.Layout = .projects, isExplicit: Bool = false,
        origin: String
    ) {
        self.name = name
        self.url = url
        self.layout = layout
        self.isExplicit = isExplicit
        self.origin = origin
    }

    /// Reads `name=url` or an address alone; a name has no slash, an address has one before its first `=`.
    init(_ text: String, isExplicit: Bool = false, origin: String) {
        if let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") {
            self.init(
                name: String(text[..<equals]), url: String(text[text.index(after: equals)...]), isExplicit: isExplicit,
                origin: origin)
        } else {
            self.init(url: text, isExplicit: isExplicit, origin: origin)
        }
    }
}

/// Everything that was found about indexes, in order of rank.
struct FoundSettings {
    /// The main index, if anything names one.
    private(set) var main: FoundIndex?
    /// Indexes that are asked before it, and such that are asked for pinned packages only.
    private(set) var further: [FoundIndex] = []
    /// Folders and pages of links.
    private(set) var links: [FoundIndex] = []
    private(set) var foundPins: [(pin: IndexPin, origin: String)] = []
    let ignoresIndexes: Bool
    let isOffline: Bool
    let options: IndexOptions
    let environment: [String: String]
    let files: ConfigurationFiles
    let pip: PipConfiguration
    let uv: UVConfiguration

    init(options: IndexOptions, environment: [String: String]) throws(PackageSourceError) {
        self.options = options
        self.environment = environment
        files = ConfigurationFiles(options, environment: environment)
        pip = try files.pip()
        uv = try files.uv()
        isOffline = options.isOffline || Self.isSet(environment["PENSTOCK_OFFLINE"])
            || Self.isSet(environment["UV_OFFLINE"]) || uv.isOffline == true
        // Who names an index on the command line wants it asked, whatever is configured.
        let isConfigured = Self.isSet(environment["PENSTOCK_NO_INDEX"]) || Self.isSet(environment["UV_NO_INDEX"])
            || Self.isSet(environment["PIP_NO_INDEX"] ?? pip["no-index"]) || uv.ignoresIndexes == true
        ignoresIndexes = options.ignoresIndexes
            || (isConfigured && options.indexURL == nil && options.extraIndexURLs.isEmpty)
        main = findMain()
        further = findFurther()
        links = try findLinks()
        foundPins = options.pins.map { ($0, "an option") } + uv.pins.map { ($0, "uv's configuration") }
    }

    static func isSet(_ value: String?) -> Bool {
        guard let value = value?.lowercased() else { return false }
        return !["", "0", "false", "no", "off"].contains(value)
    }

    /// A variable that is there and not empty.
    func variable(_ names: String...) -> (value: String, name: String)? {
        for name in names { if let value = environment[name], !value.isEmpty { return (value, name) } }
        return nil
    }

    private func findMain() -> FoundIndex? {
        if let url = options.indexURL { return FoundIndex(url, origin: "the option for the index") }
        if let found = variable("PENSTOCK_INDEX_URL", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL") {
            return FoundIndex(found.value, origin: found.name)
        }
        if let url = pip["index-url"] { return FoundIndex(url: url, origin: "pip's configuration") }
        if let index = uv.indexes.first(where: { $0.isDefault }) { return index.found }
        return uv.indexURL.map { FoundIndex(url: $0, origin: "uv's configuration") }
    }

    private func findFurther() -> [FoundIndex] {
        var found = options.extraIndexURLs.map { FoundIndex($0, origin: "the option for further indexes") }
        for name in ["PENSTOCK_EXTRA_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL"] {
            found += splitList(environment[name] ?? "").map { FoundIndex($0, origin: name) }
        }
        found += pip.list("extra-index-url").map { FoundIndex(url: $0, origin: "pip's configuration") }
        found += uv.indexes.filter { !$0.isDefault }.map(\.found)
        found += uv.extraIndexURLs.map { FoundIndex(url: $0, origin: "uv's configuration") }
        found += options.explicitIndexes.map { FoundIndex($0, isExplicit: true, origin: "an option") }
        return found
    }

    /// Paths become `file:` addresses.
    private func findLinks() throws(PackageSourceError) -> [FoundIndex] {
        var texts = options.findLinks.map { (text: $0, origin: "the option for links") }
        for name in ["PENSTOCK_FIND_LINKS", "PIP_FIND_LINKS"] {
            texts += splitList(environment[name] ?? "").map { ($0, name) }
        }
        if let found = variable("UV_FIND_LINKS") {
            texts += found.value.split(separator: ",").map { ($0.trimmedASCII, found.name) }
        }
        if environment["PIP_FIND_LINKS"] == nil {
            texts += pip.list("find-links").map { ($0, "pip's configuration") }
        }
        texts += uv.links.map { ($0, "uv's configuration") }
        var found: [FoundIndex] = []
        for (text, origin) in texts where !text.isEmpty {
            found.append(FoundIndex(url: try Self.address(ofLinks: text), layout: .flat, origin: origin))
        }
        return found
    }

    private static func address(ofLinks text: String) throws(PackageSourceError) -> String {
        if text.contains("://") || text.lowercased().hasPrefix("file:") {
            return FileURL.path(text).map(FileURL.url) ?? text
        }
        var path = FilePath(text)
        if path.isRelative {
            guard let folder = workingFolder() else { throw .localFile(path: text, reason: "there is no working folder") }
            path = folder.pushing(path)
        }
        return FileURL.url(path.lexicallyNormalized())
    }
}
