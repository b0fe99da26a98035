internal import PythonPackaging
internal import TOMLDocuments

/// What a `pyproject.toml` says about requirements (PEP 621, PEP 735, uv's table), before any of it is taken up.
///
/// The metadata block of a script (PEP 723) is one whose dependencies stand outside of a table.
struct ProjectFile {
    /// As messages name it.
    let file: String
    /// Where relative paths begin.
    let folder: String
    /// All that the file says.
    let document: RequestTable
    private let project: RequestTable?
    private let groupTable: RequestTable?
    private let uv: RequestTable?
    /// `[tool.penstock.conda]`
    let conda: RequestTable?
    private let extraKeys: [ExtraName: String]
    private let groupKeys: [ExtraName: String]
    let name: PackageName?
    let sources: SourceTable

    init(_ document: RequestTable, folder: String, isScript: Bool = false) throws(RequestError) {
        self.folder = folder
        self.document = document
        file = document.file
        project = isScript ? document : try document.table("project")
        groupTable = isScript ? nil : try document.table("dependency-groups")
        uv = try document.table("tool")?.table("uv")
        conda = try document.table("tool")?.table("penstock")?.table("conda")
        extraKeys = isScript ? [:] : try project?.table("optional-dependencies")?.namedKeys("extra") ?? [:]
        groupKeys = try groupTable?.namedKeys("group") ?? [:]
        name = isScript ? nil : try project?.string("name").flatMap { try? PackageName(parsing: $0) }
        sources = try SourceTable(uv, folder: folder)
        guard !isScript, project == nil, groupTable == nil else { return }
        let tool = try document.table("tool")
        if tool?.values["poetry"] != nil {
            throw RequestError(.unsupported("[tool.poetry]", help: "write the dependencies under [project]"), file: file)
        }
        guard tool?.values["uv"] != nil || conda != nil else {
            throw RequestError(
                .unsupported("a file without [project] and [dependency-groups]", help: "write dependencies under [project]"),
                file: file)
        }
    }

    var extraNames: [ExtraName] { extraKeys.keys.sorted() }
    var groupNames: [ExtraName] {
        var names = Set(groupKeys.keys)
        if hasLegacyGroup, let name = try? ExtraName(parsing: Self.dev) { names.insert(name) }
        return names.sorted()
    }

    /// The group that uv's older `dev-dependencies` belong to.
    private static let dev = "dev"
    private var hasLegacyGroup: Bool { uv?.values["dev-dependencies"] != nil }

    // MARK: - Lists

    func requiresPython() throws(RequestError) -> SpecifierSet? {
        guard let text = try project?.string("requires-python") else { return nil }
        do {
            return try SpecifierSet(parsing: text)
        } catch {
            throw RequestError(
                .value("requires-python", expected: "version specifiers such as >=3.9"), file: file,
                line: project?.line(of: "requires-python"))
        }
    }

    func dependencies() throws(RequestError) -> [RequestTable.Text] {
        try refuseDynamic("dependencies")
        return try project?.strings("dependencies") ?? []
    }

    func dependencies(ofExtra name: ExtraName) throws(RequestError) -> [RequestTable.Text] {
        guard let key = extraKeys[name] else {
            try refuseDynamic("optional-dependencies")
            throw RequestError(.noExtra(name.description, known: extraNames.map(\.description)), file: file)
        }
        return try project?.table("optional-dependencies")?.strings(key) ?? []
    }

    enum GroupEntry {
        case requirement(RequestTable.Text)
        case include(ExtraName, line: Int)
    }

    func entries(ofGroup name: ExtraName, line: Int? = nil) throws(RequestError) -> [GroupEntry] {
        var entries: [GroupEntry] = []
        let isLegacy = hasLegacyGroup && name.description == Self.dev
        if isLegacy { entries = try uv?.strings("dev-dependencies").map { .requirement($0) } ?? [] }
        guard let key = groupKeys[name], let table = groupTable, let node = table.values[key] else {
            if isLegacy { return entries }
            throw RequestError(
                .noGroup(name.description, known: groupNames.map(\.description)), file: file, line: line)
        }
        guard let array = node.array else { throw table.error(key, expected: "a list of requirements") }
        for element in array { entries.append(try entry(element, in: table, key)) }
        return entries
    }

    private func entry(_ node: TOMLNode, in table: RequestTable, _ key: String) throws(RequestError) -> GroupEntry {
        let line = table.line(of: node)
        if let text = node.string { return .requirement(RequestTable.Text(text: text, line: line)) }
        guard let object = node.table, object.count == 1, let text = object["include-group"]?.string,
            let name = try? ExtraName(parsing: text)
        else {
            throw RequestError(
                .value(table.placed(key), expected: "a list of requirements and of { include-group = \"NAME\" }"), file: file,
                line: line)
        }
        return .include(name, line: line)
    }

    func constraints() throws(RequestError) -> [RequestTable.Text] { try uv?.strings("constraint-dependencies") ?? [] }

    func overrides() throws(RequestError) -> [RequestTable.Text] { try uv?.strings("override-dependencies") ?? [] }

    var uvTable: RequestTable? { uv }

    var projectTable: RequestTable? { project }

    private func refuseDynamic(_ key: String) throws(RequestError) {
        guard let project, project.values[key] == nil,
            try project.strings("dynamic").contains(where: { $0.text == key })
        else { return }
        throw RequestError(
            .unsupported(
                "project.\(key)", help: "they are made by the build: name the folder itself, \(folder), which is then built"),
            file: file, line: project.line(of: "dynamic"))
    }
}
