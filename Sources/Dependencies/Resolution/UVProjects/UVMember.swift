internal import Diagnostics
internal import Lockfiles
internal import PythonPackaging
internal import TOMLDocuments

/// A project of a workspace, as its `pyproject.toml` describes it.
struct UVMember {
    /// Absolute.
    let folder: String
    let project: ProjectFile

    /// `nil` where the folder has no `pyproject.toml`.
    init?(in folder: String) throws(UVProjectError) {
        guard let document = try UVFolder.document(UVFolder.projectFile, in: folder) else { return nil }
        self.folder = folder
        do throws(RequestError) {
            project = try ProjectFile(document, folder: folder)
        } catch {
            throw UVProjectError(error, file: document.file)
        }
    }

    var file: String { project.file }
    var name: PackageName? { project.name }

    /// Whether it is installed itself. Without `[tool.uv] package` a build system makes it a package, and so does being
    /// asked for by another member.
    func isPackage(isRequired: Bool) -> Bool {
        if let said = project.uvTable?.values["package"]?.boolean { return said }
        return isRequired || project.document.values["build-system"] != nil
    }

    /// The version that is written down; `nil` where the build tells it.
    var version: Version? {
        project.projectTable?.values["version"]?.string.flatMap { try? Version(parsing: $0) }
    }

    /// Whether the build tells a field.
    func isDynamic(_ field: String) -> Bool {
        project.projectTable?.values["dynamic"]?.array?.contains { $0.string == field } ?? false
    }

    /// The members that it takes from its workspace, and whether they are to be editable, where it says so.
    var workspaceSources: [PackageName: Bool?] {
        project.sources.entries.compactMapValues { tables in
            tables.first { $0.values["workspace"]?.boolean == true }.map { $0.values["editable"]?.boolean }
        }
    }

    /// `[tool.uv] default-groups` as a lock tells it: not at all where it is `dev` alone.
    var statedDefaultGroups: UVDefaultGroups? {
        guard let node = project.uvTable?.values["default-groups"] else { return nil }
        if node.string == "all" { return .all }
        let names = Set((node.array ?? []).compactMap { $0.string.flatMap { try? PackageName(parsing: $0) } })
        return names.map(\.description) == ["dev"] ? nil : .named(names)
    }

    /// `[tool.uv] default-groups`: `dev` where nothing is said.
    func defaultGroups() throws(UVProjectError) -> [String] {
        guard let node = project.uvTable?.values["default-groups"] else {
            return project.groupNames.map(\.description).filter { $0 == "dev" }
        }
        if node.string == "all" { return project.groupNames.map(\.description) }
        guard let names = node.array?.map(\.string), !names.contains(nil) else {
            throw UVProjectError(file: file, problem: .invalid("tool.uv.default-groups has to be a list of names, or \"all\""))
        }
        return names.compactMap { $0 }
    }
}

extension UVProjectError {
    init(_ error: RequestError, file: String) {
        let words = error.diagnostic
        let place = error.line.map { "line \($0): " } ?? ""
        self.init(file: error.file ?? file, problem: .invalid(place + words.headline))
    }
}
