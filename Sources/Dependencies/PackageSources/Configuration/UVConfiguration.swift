import TOMLDocuments

/// The settings of uv's configuration files that concern indexes: `uv.toml`, or `[tool.uv]` of a `pyproject.toml`.
struct UVConfiguration: Sendable {
    struct Index: Sendable, Hashable {
        var name: String?
        var url: String
        var isDefault: Bool
        var isExplicit: Bool
    }

    /// `[[index]]`, in order.
    var indexes: [Index] = []
    var indexURL: String?
    var extraIndexURLs: [String] = []
    var isOffline: Bool?

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
        isOffline = table["offline"]?.boolean
        for item in table["index"]?.array ?? [] {
            guard let entry = item.table, let url = entry["url"]?.string else { continue }
            indexes.append(
                Index(
                    name: entry["name"]?.string, url: url, isDefault: entry["default"]?.boolean ?? false,
                    isExplicit: entry["explicit"]?.boolean ?? false))
        }
    }

    /// Fills what this one leaves open from a file of lower rank; lists go behind.
    mutating func fallBack(to other: UVConfiguration) {
        indexes += other.indexes
        indexURL = indexURL ?? other.indexURL
        extraIndexURLs += other.extraIndexURLs
        isOffline = isOffline ?? other.isOffline
    }
}
