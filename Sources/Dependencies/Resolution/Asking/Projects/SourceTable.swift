internal import PackageSources
internal import PythonPackaging
internal import TOMLDocuments

/// uv's `[tool.uv.sources]`: where packages come from that requirements name.
struct SourceTable {
    /// The tables as they are written.
    let entries: [PackageName: [RequestTable]]
    private let folder: String
    /// The addresses of the indexes that have a name.
    private let indexes: [String: String]

    /// - Parameter uv: the table `[tool.uv]`.
    init(_ uv: RequestTable?, folder: String) throws(RequestError) {
        self.folder = folder
        var entries: [PackageName: [RequestTable]] = [:]
        let table = try uv?.table("sources")
        for (key, node) in table?.values ?? [:] {
            guard let table, let name = try? PackageName(parsing: key) else { continue }
            let nodes = node.array ?? [node]
            entries[name] = nodes.compactMap(\.table).map {
                RequestTable($0, place: table.placed(key), file: table.file, firstLine: table.firstLine)
            }
            guard entries[name]?.count == nodes.count else {
                throw table.error(key, expected: "a table such as { git = \"https://…\" }, or a list of such")
            }
        }
        self.entries = entries
        var indexes: [String: String] = [:]
        for entry in uv?.values["index"]?.array?.compactMap(\.table) ?? [] {
            if let name = entry["name"]?.string, let url = entry["url"]?.string { indexes[name] = url }
        }
        self.indexes = indexes
    }

    /// Where a requirement is written, which decides which sources count for it.
    enum Scope: Hashable {
        case project
        case extra(ExtraName)
        case group(ExtraName)
    }

    /// One way to have a package.
    enum Place {
        case reference(ReadReference)
        case index(String, address: String?)
    }

    struct Source {
        var place: Place
        var marker: Marker?
    }

    /// The sources of a package, in order; empty where there are none.
    func sources(of name: PackageName, in scope: Scope) throws(RequestError) -> [Source] {
        var sources: [Source] = []
        for entry in entries[name] ?? [] {
            if let extra = try entry.string("extra"), (try? ExtraName(parsing: extra)).map({ .extra($0) }) != scope { continue }
            if let group = try entry.string("group"), (try? ExtraName(parsing: group)).map({ .group($0) }) != scope { continue }
            sources.append(Source(place: try place(entry), marker: try marker(entry)))
        }
        return sources
    }

    private static let keys: [String: Set<String>] = [
        "git": ["git", "rev", "tag", "branch", "subdirectory", "lfs"], "url": ["url", "subdirectory"],
        "path": ["path", "editable", "package", "subdirectory"], "index": ["index"], "workspace": ["workspace", "editable"],
    ]

    private func place(_ entry: RequestTable) throws(RequestError) -> Place {
        let kinds = Self.keys.keys.filter { entry.values[$0] != nil }
        guard kinds.count == 1, let kind = kinds.first else {
            throw RequestError(
                .value(entry.place, expected: "a table with one of git, url, path and index"), file: entry.file, line: nil)
        }
        let known = Self.keys[kind, default: []].union(["marker", "extra", "group"])
        if let stray = entry.values.keys.filter({ !known.contains($0) }).sorted().first {
            throw RequestError(
                .unsupported(entry.placed(stray), help: "leave it out"), file: entry.file, line: entry.line(of: stray))
        }
        switch kind {
        case "git": return .reference(try repository(entry))
        case "url": return .reference(try archive(entry))
        case "path": return .reference(try path(entry))
        case "index":
            let index = try entry.string("index") ?? ""
            return .index(index, address: indexes[index])
        default:
            throw RequestError(
                .unsupported("\(entry.place) = { workspace = … }", help: "name the folder of the member: { path = \"…\" }"),
                file: entry.file, line: entry.line(of: "workspace"))
        }
    }

    private func repository(_ entry: RequestTable) throws(RequestError) -> ReadReference {
        var text = try entry.string("git") ?? ""
        let revisions = ["rev", "tag", "branch"].filter { entry.values[$0] != nil }
        guard revisions.count < 2 else { throw entry.error(revisions[1], expected: "alone: of rev, tag and branch there is one") }
        if !text.hasPrefix("git+") { text = "git+" + text }
        if let key = revisions.first, let revision = try entry.string(key) { text += "@" + revision }
        return try read(text + (try fragment(entry)), entry, "git")
    }

    private func archive(_ entry: RequestTable) throws(RequestError) -> ReadReference {
        let text = try entry.string("url") ?? ""
        let fragment = try fragment(entry)
        return try read(text + (text.contains("#") ? fragment.replacingHash : fragment), entry, "url")
    }

    private func path(_ entry: RequestTable) throws(RequestError) -> ReadReference {
        if try entry.boolean("package") == false {
            throw RequestError(
                .unsupported(entry.placed("package = false"), help: "leave the package out of the dependencies"),
                file: entry.file, line: entry.line(of: "package"))
        }
        var text = try entry.string("path") ?? ""
        if let subdirectory = try entry.string("subdirectory") { text += "/" + subdirectory }
        return try read(text, entry, "path", isEditable: try entry.boolean("editable") ?? false)
    }

    private func fragment(_ entry: RequestTable) throws(RequestError) -> String {
        try entry.string("subdirectory").map { "#subdirectory=\($0)" } ?? ""
    }

    private func read(
        _ text: String, _ entry: RequestTable, _ key: String, isEditable: Bool = false
    ) throws(RequestError) -> ReadReference {
        do {
            return try ReadReference(parsing: text, below: folder, isEditable: isEditable)
        } catch {
            let problem = RootRequirementError(
                spelled: "\(entry.place) = \"\(text)\"", .reference(error),
                asker: Asker(entry.file, file: entry.file, line: entry.line(of: key)))
            throw RequestError(problem)
        }
    }

    private func marker(_ entry: RequestTable) throws(RequestError) -> Marker? {
        guard let text = try entry.string("marker") else { return nil }
        do {
            return try Marker(parsing: text)
        } catch {
            throw RequestError(
                .value(entry.placed("marker"), expected: "a marker of PEP 508 (\(error))"), file: entry.file,
                line: entry.line(of: "marker"))
        }
    }
}

extension String {
    /// A fragment to be put behind another one.
    fileprivate var replacingHash: String { hasPrefix("#") ? "&" + dropFirst() : self }
}
