import PythonPackaging
import TOMLDocuments

/// Makes requirements of their tables.
enum UVRequirementReader {
    private static let kinds = ["git", "url", "path", "directory", "editable", "virtual"]

    static func read(_ table: LockTable, _ key: String) throws(LockTable.Failure) -> [UVRequirement] {
        var requirements: [UVRequirement] = []
        for element in try table.elements(key) {
            let entry = try element.table(orExpecting: "a table")
            // An override for one package alone has a list of its own.
            if entry.values["package"] != nil, entry.values["dependencies"] != nil { continue }
            requirements.append(try requirement(entry))
        }
        return requirements
    }

    static func readNamed(_ table: LockTable, _ key: String) throws(LockTable.Failure) -> [PackageName: [UVRequirement]] {
        guard let named = try table.table(key) else { return [:] }
        var lists: [PackageName: [UVRequirement]] = [:]
        for text in named.values.keys.sorted() {
            let name: PackageName
            do { name = try PackageName(parsing: text) } catch { throw named.failure(text, .invalid("\(error)")) }
            lists[name] = try read(named, text)
        }
        return lists
    }

    private static func requirement(_ table: LockTable) throws(LockTable.Failure) -> UVRequirement {
        UVRequirement(
            name: try table.required("name", table.parsed("name")), extras: try table.parsedList("extras"),
            source: try source(table), marker: try table.parsed("marker"))
    }

    private static func source(_ table: LockTable) throws(LockTable.Failure) -> UVRequirement.Source {
        guard let kind = kinds.first(where: { table.values[$0] != nil }), let text = try table.string(kind) else {
            return .registry(
                try table.parsed("specifier") ?? .any, index: try table.string("index").map(LockedURL.withoutCredentials))
        }
        switch kind {
        case "git": return .git(LockedURL.withoutCredentials(text))
        case "url": return .url(LockedURL.withoutCredentials(text), subdirectory: try table.string("subdirectory"))
        case "path": return .path(text)
        case "directory": return .directory(text)
        case "editable": return .editable(text)
        default: return .virtual(text)
        }
    }
}

extension UVMetadata {
    init?(reading table: LockTable?) throws(LockTable.Failure) {
        guard let table else { return nil }
        self.init(
            requirements: try UVRequirementReader.read(table, "requires-dist"),
            extras: try table.parsedList("provides-extras"), groups: try UVRequirementReader.readNamed(table, "requires-dev"))
    }
}

extension UVLockSettings {
    init(reading document: LockTable) throws(LockTable.Failure) {
        self.init()
        requiredMarkers = try document.parsedList("required-markers")
        for element in try document.elements("conflicts") { conflicts.insert(try Self.conflict(element, document)) }
        if let manifest = try document.table("manifest") { try read(manifest: manifest) }
        guard let options = try document.table("options") else { return }
        resolutionMode = try options.string("resolution-mode") ?? resolutionMode
        prereleaseMode = try options.string("prerelease-mode") ?? prereleaseMode
        forkStrategy = try options.string("fork-strategy") ?? forkStrategy
        excludeNewer = try options.string("exclude-newer")
        excludeNewerSpan = try options.string("exclude-newer-span")
    }

    private mutating func read(manifest: LockTable) throws(LockTable.Failure) {
        constraints = try UVRequirementReader.read(manifest, "constraints")
        buildConstraints = try UVRequirementReader.read(manifest, "build-constraints")
        overrides = try UVRequirementReader.read(manifest, "overrides")
        excludes = try manifest.elements("excludes").compactMap(\.string)
        for table in try manifest.tables("dependency-metadata") ?? [] {
            statedMetadata.insert(
                StatedMetadata(
                    name: try table.required("name", table.parsed("name")), version: try table.string("version"),
                    requirements: Set(try table.parsedList("requires-dist")),
                    requiresPython: try table.string("requires-python"),
                    extras: Set(try table.parsedList("provides-extras"))))
        }
    }

    /// A list of `{ package = "p", extra = "x" }`.
    private static func conflict(
        _ element: LockTable.Element, _ document: LockTable
    ) throws(LockTable.Failure) -> Set<ConflictItem> {
        guard let nodes = element.node.array else {
            throw document.failure("conflicts", .invalid("it has to be a list of lists of tables"))
        }
        var items: Set<ConflictItem> = []
        for node in nodes {
            guard let values = node.table else {
                throw document.failure("conflicts", .invalid("it has to be a list of lists of tables"))
            }
            let table = LockTable(values: values, path: document.path(of: "conflicts"), line: node.line)
            items.insert(
                ConflictItem(
                    package: try table.required("package", table.parsed("package")), extra: try table.parsed("extra"),
                    group: try table.parsed("group")))
        }
        return items
    }
}
