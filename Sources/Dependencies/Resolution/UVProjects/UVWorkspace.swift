internal import PythonPackaging
internal import TOMLDocuments

/// A project, or several that are locked together (`[tool.uv.workspace]`).
struct UVWorkspace {
    /// Where `uv.lock` lies. Absolute.
    let root: UVMember
    /// By their folders' order; the root is one of them if it is a project.
    let members: [UVMember]
    /// The one that was found first, going up from where the search began.
    let current: UVMember

    /// Goes up from a folder to the first `pyproject.toml`, and on to the workspace that it belongs to. Blocks.
    ///
    /// - Returns: `nil` where there is none.
    static func discover(from folder: String) throws(UVProjectError) -> UVWorkspace? {
        for place in UVFolder.ancestors(of: folder) {
            guard let found = try UVMember(in: place) else { continue }
            return try UVWorkspace(of: found)
        }
        return nil
    }

    private init(of found: UVMember) throws(UVProjectError) {
        current = found
        root = try Self.root(of: found)
        var members = root.name == nil ? [] : [root]
        for place in try Self.folders(of: root) where place != root.folder {
            let member = place == found.folder ? found : try UVMember(in: place)
            if let member, member.name != nil { members.append(member) }
        }
        self.members = members
    }

    /// The project itself, unless a folder above has a workspace that it is a member of.
    private static func root(of found: UVMember) throws(UVProjectError) -> UVMember {
        guard found.project.uvTable?.values["workspace"] == nil else { return found }
        for place in UVFolder.ancestors(of: found.folder).dropFirst() {
            guard let candidate = try? UVMember(in: place), candidate.project.uvTable?.values["workspace"] != nil else { continue }
            return try folders(of: candidate).contains(found.folder) ? candidate : found
        }
        return found
    }

    /// The folders that the patterns of a workspace name.
    private static func folders(of root: UVMember) throws(UVProjectError) -> [String] {
        guard let table = root.project.uvTable?.values["workspace"]?.table else { return [] }
        let patterns = { (key: String) in (table[key]?.array ?? []).compactMap(\.string) }
        let excluded = Set(patterns("exclude").flatMap { UVFolder.matches(of: $0, in: root.folder) })
        var found: Set<String> = []
        for pattern in patterns("members") { found.formUnion(UVFolder.matches(of: pattern, in: root.folder)) }
        return found.subtracting(excluded).map { UVFolder.path($0, below: root.folder) }.sorted()
    }

    func member(named name: PackageName) -> UVMember? { members.first { $0.name == name } }

    /// The members that others take from the workspace, and whether they are to be editable, where that is said.
    var required: [PackageName: Bool?] {
        var required: [PackageName: Bool?] = [:]
        for member in members + (root.name == nil ? [root] : []) {
            for (name, isEditable) in member.workspaceSources where name != member.name {
                if (required[name] ?? nil) == nil { required[name] = .some(isEditable) }
            }
        }
        return required
    }

    /// The Pythons that all members are for; `nil` where none says so.
    func requiresPython() throws(UVProjectError) -> SpecifierSet? {
        var all: SpecifierSet?
        for member in members {
            do throws(RequestError) {
                guard let own = try member.project.requiresPython() else { continue }
                all = all.map { $0.and(own) } ?? own
            } catch {
                throw UVProjectError(error, file: member.file)
            }
        }
        return all
    }

    /// Settings about resolving: those of `uv.toml` beside the root, else of `[tool.uv]`.
    func settings() throws(UVProjectError) -> RequestTable? {
        try UVFolder.document("uv.toml", in: root.folder) ?? root.project.uvTable
    }
}
