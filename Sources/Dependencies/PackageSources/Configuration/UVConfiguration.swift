import PythonPackaging
import TOMLDocuments

/// The settings of uv's configuration files that concern indexes: `uv.toml`, or `[tool.uv]` of a `pyproject.toml`.
struct UVConfiguration: Sendable {
    struct Index: Sendable, Hashable {
        var name: String?
        var url: String
        var isDefault: Bool
        var isExplicit: Bool
        var isFlat: Bool

        var found: FoundIndex {
            FoundIndex(
                name: name, url: url, layout: isFlat ? .flat : .projects, isExplicit: isExplicit,
                origin: "uv's configuration")
        }
    }

    /// `[[index]]`, in order.
    var indexes: [Index] = []
    var indexURL: String?
    var extraIndexURLs: [String] = []
    /// `find-links`.
    var links: [String] = []
    var ignoresIndexes: Bool?
    var strategy: String?
    var keyring: String?
    var insecureHosts: [String] = []
    var isOffline: Bool?
    /// `[tool.uv.sources]`, as far as indexes are named.
    var pins: [IndexPin] = []

    init() {}

    /// - Parameter file: for errors; a `pyproject.toml` is looked at below `tool.uv`.
    init(parsing text: String, file: String) throws(PackageSourceError) {
        let document: [String: TOMLNode]
        do {
            document = try TOMLDocument.read(text)
        } catch {
            throw .configuration(file: file, line: error.line, problem: "it is not TOML: \(error.reason)")
        }
        let isProject = file.hasSuffix("pyproject.toml")
        guard let table = isProject ? document["tool"]?.table?["uv"]?.table : document else { return }
        indexURL = table["index-url"]?.string
        extraIndexURLs = table["extra-index-url"]?.array?.compactMap(\.string) ?? []
        links = table["find-links"]?.array?.compactMap(\.string) ?? []
        ignoresIndexes = table["no-index"]?.boolean
        strategy = table["index-strategy"]?.string
        keyring = table["keyring-provider"]?.string
        insecureHosts = table["allow-insecure-host"]?.array?.compactMap(\.string) ?? []
        isOffline = table["offline"]?.boolean
        indexes = table["index"]?.array?.compactMap { $0.table.flatMap(Index.init) } ?? []
        for (name, source) in (table["sources"]?.table ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let package = try? PackageName(parsing: name) else { continue }
            for entry in source.array?.compactMap(\.table) ?? [source.table].compactMap({ $0 }) {
                guard let index = entry["index"]?.string else { continue }
                pins.append(
                    IndexPin(package: package, index: index, marker: try Self.marker(entry["marker"]?.string, name, file)))
            }
        }
    }

    private static func marker(
        _ text: String?, _ package: String, _ file: String
    ) throws(PackageSourceError) -> Marker? {
        guard let text else { return nil }
        do {
            return try Marker(parsing: text)
        } catch {
            throw .configuration(file: file, line: nil, problem: "the marker of the source of '\(package)' is wrong: \(error)")
        }
    }

    /// Fills what this one leaves open from a file of lower rank; lists go behind.
    mutating func fallBack(to other: UVConfiguration) {
        indexes += other.indexes
        indexURL = indexURL ?? other.indexURL
        extraIndexURLs += other.extraIndexURLs
        links += other.links
        ignoresIndexes = ignoresIndexes ?? other.ignoresIndexes
        strategy = strategy ?? other.strategy
        keyring = keyring ?? other.keyring
        insecureHosts += other.insecureHosts
        isOffline = isOffline ?? other.isOffline
        pins += other.pins
    }
}

extension UVConfiguration.Index {
    init?(_ entry: [String: TOMLNode]) {
        guard let url = entry["url"]?.string else { return nil }
        self.init(
            name: entry["name"]?.string, url: url, isDefault: entry["default"]?.boolean ?? false,
            isExplicit: entry["explicit"]?.boolean ?? false, isFlat: entry["format"]?.string == "flat")
    }
}
