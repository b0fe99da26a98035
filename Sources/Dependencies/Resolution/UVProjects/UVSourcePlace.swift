internal import Lockfiles
internal import PackageSources
internal import PythonPackaging
internal import TOMLDocuments

/// What an entry of `[tool.uv.sources]` makes of a requirement. Paths become absolute.
struct UVSourcePlace {
    let table: RequestTable
    let requirement: Requirement
    let workspace: UVWorkspace
    let member: UVMember
    /// Where its relative paths begin.
    let base: String

    func source() throws(RequestError) -> UVRequirement.Source {
        if let url = try table.string("git") { return .git(try repository(url)) }
        if let url = try table.string("url") { return .url(url, subdirectory: try table.string("subdirectory")) }
        if let path = try table.string("path") {
            return try folder(
                UVFolder.path(path, below: base), isEditable: try table.boolean("editable"), isPackage: try table.boolean("package"))
        }
        if let index = try table.string("index") { return .registry(requirement.specifiers, index: try address(of: index)) }
        guard table.values["workspace"]?.boolean == true, let found = workspace.member(named: requirement.name) else {
            throw RequestError(
                .value(table.place, expected: "a table with one of git, url, path, index, or workspace = true for a member"),
                file: table.file)
        }
        let required = workspace.required
        let isPackage = found.isPackage(isRequired: required.keys.contains(requirement.name))
        let isEditable = (required[requirement.name] ?? nil) ?? true
        return isPackage ? (isEditable ? .editable(found.folder) : .directory(found.folder)) : .virtual(found.folder)
    }

    /// As the lock writes it: what was asked for in the query.
    private func repository(_ url: String) throws(RequestError) -> String {
        var query: [String] = []
        for key in ["subdirectory", "path", "rev", "tag", "branch"] {
            if let value = try table.string(key) { query.append("\(key)=\(value)") }
        }
        if try table.boolean("lfs") == true { query.append("lfs=true") }
        let bare = url.hasPrefix("git+") ? String(url.dropFirst(4)) : url
        return query.isEmpty ? bare : "\(bare)?\(query.joined(separator: "&"))"
    }

    private func folder(_ path: String, isEditable: Bool?, isPackage: Bool?) throws(RequestError) -> UVRequirement.Source {
        guard UVFolder.isFolder(path) else { return .path(path) }
        if isEditable == true { return .editable(path) }
        let says = isPackage ?? (try? UVMember(in: path)).flatMap { $0?.isPackage(isRequired: true) } ?? true
        return says ? .directory(path) : .virtual(path)
    }

    /// The URL of an index by its name: of the member, else of the workspace.
    private func address(of name: String) throws(RequestError) -> String {
        for uv in [member.project.uvTable, workspace.root.project.uvTable].compactMap({ $0 }) {
            for entry in uv.values["index"]?.array?.compactMap(\.table) ?? [] where entry["name"]?.string == name {
                if let url = entry["url"]?.string { return url }
            }
        }
        throw RequestError(.value(table.placed("index"), expected: "the name of an index in [[tool.uv.index]]"), file: table.file)
    }

    /// The source of `NAME @ URL`.
    static func source(ofURL url: String, below folder: String) -> UVRequirement.Source {
        guard let reference = try? DirectReference(parsing: url, below: folder) else { return .url(url, subdirectory: nil) }
        switch reference {
        case .archive(let archive):
            if let path = archive.localPath { return .path(path) }
            return .url(archive.url, subdirectory: archive.subdirectory)
        case .repository(let repository):
            let query = [repository.subdirectory.map { "subdirectory=\($0)" }, repository.revision.map { "rev=\($0)" }]
                .compactMap { $0 }
            return .git(query.isEmpty ? repository.url : "\(repository.url)?\(query.joined(separator: "&"))")
        case .directory(let directory): return .directory(directory.path)
        }
    }
}
