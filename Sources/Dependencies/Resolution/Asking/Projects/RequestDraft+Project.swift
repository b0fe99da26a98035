internal import PackageSources
internal import PythonPackaging

extension RequestDraft {
    /// Reads a `pyproject.toml`: its dependencies, and the extras that are asked for.
    mutating func readProject(_ text: String, of file: RequestFile, as role: RequirementRole) throws(RequestError) {
        let project = try projectFile(text, of: file)
        guard role == .requirement else {
            for entry in try project.dependencies() { try add(entry, of: project, in: .project, role: role) }
            return
        }
        projects.append(project)
        try takeSettings(of: project)
        if let conda = project.conda { try takeConda(conda, of: file) }
        if result.indexOptions.projectFolder == nil { result.indexOptions.projectFolder = project.folder }
        var expansion = ProjectExpansion(project)
        try expansion.takeDependencies()
        try take(expansion)
    }

    func projectFile(_ text: String, of file: RequestFile) throws(RequestError) -> ProjectFile {
        try ProjectFile(
            RequestTable(try reader.document(text, file: file.name), file: file.name),
            folder: file.isRemote ? reader.folder : file.base)
    }

    /// Reads the metadata block of a script (PEP 723).
    mutating func readScript(_ text: String, of file: RequestFile, as role: RequirementRole) throws(RequestError) {
        let block: ScriptMetadata?
        do {
            block = try ScriptMetadata(in: text)
        } catch {
            throw RequestError(.syntax(error.reason), file: file.name, line: error.line)
        }
        guard let block else { throw RequestError(.noMetadata, file: file.name) }
        let document = try reader.document(block.text, file: file.name, firstLine: block.firstLine)
        let script = try ProjectFile(
            RequestTable(document, file: file.name, firstLine: block.firstLine),
            folder: file.isRemote ? reader.folder : file.base, isScript: true)
        try takeSettings(of: script)
        try takeIndexes(of: script)
        if let conda = script.conda { try takeConda(conda, of: file) }
        for entry in try script.dependencies() { try add(entry, of: script, in: .project, role: role) }
    }

    // MARK: - Extras and groups

    /// Extras of all projects that were read, each once.
    mutating func take(extras: [String], all: Bool) throws(RequestError) {
        for text in extras {
            let name = try extraName(text)
            guard !projects.isEmpty else { throw RequestError(.noProject(text)) }
            let owners = projects.filter { $0.extraNames.contains(name) }
            // The project says which extras there are, or that its build makes them.
            for project in owners.isEmpty ? [projects[0]] : owners { try take(extra: name, of: project) }
        }
        guard all else { return }
        for project in projects {
            for name in project.extraNames { try take(extra: name, of: project) }
        }
    }

    private mutating func take(extra name: ExtraName, of project: ProjectFile) throws(RequestError) {
        var expansion = ProjectExpansion(project)
        try expansion.take(extra: name)
        try take(expansion)
    }

    /// `NAME`, or `PATH:NAME` for the group of another file.
    mutating func take(group text: String) async throws(RequestError) {
        guard let colon = text.lastIndex(of: ":") else {
            let name = try groupName(text)
            if projects.isEmpty {
                try take(group: name, of: try await groupFile("pyproject.toml"))
            } else {
                let owners = projects.filter { $0.groupNames.contains(name) }
                for project in owners.isEmpty ? [projects[0]] : owners { try take(group: name, of: project) }
            }
            return
        }
        let name = try groupName(String(text[text.index(after: colon)...]))
        try take(group: name, of: try await groupFile(String(text[..<colon])))
    }

    private mutating func take(group name: ExtraName, of project: ProjectFile) throws(RequestError) {
        var expansion = ProjectExpansion(project)
        try expansion.take(group: name)
        try take(expansion)
    }

    private mutating func groupFile(_ path: String) async throws(RequestError) -> ProjectFile {
        let file = try RequestFile(path, below: reader.folder, seenFrom: reader.folder)
        let project = try projectFile(try await reader.text(of: file), of: file)
        if seen.insert(SeenFile(place: file.place, role: .requirement)).inserted { try takeSettings(of: project) }
        return project
    }

    private func groupName(_ text: String) throws(RequestError) -> ExtraName {
        guard let name = try? ExtraName(parsing: text) else { throw RequestError(.noGroup(text, known: [])) }
        return name
    }

    private func extraName(_ text: String) throws(RequestError) -> ExtraName {
        guard let name = try? ExtraName(parsing: text) else { throw RequestError(.noExtra(text, known: [])) }
        return name
    }

    private mutating func take(_ expansion: ProjectExpansion) throws(RequestError) {
        for item in expansion.items {
            try add(item.entry, of: expansion.project, in: item.scope, marker: item.marker)
        }
    }

    // MARK: - Single requirements

    /// Adds what a list of a project names, from where its sources say.
    private mutating func add(
        _ entry: RequestTable.Text, of project: ProjectFile, in scope: SourceTable.Scope, marker: Marker? = nil,
        role: RequirementRole = .requirement
    ) throws(RequestError) {
        let asker = Asker(project.words(scope), file: project.file, line: entry.line)
        guard let requirement = try? Requirement(parsing: entry.text), requirement.source.isRegistry else {
            try add(entry.text, asker: asker, role: role, below: project.folder)
            return
        }
        var whole = requirement
        if let marker { whole.marker = whole.marker?.and(marker) ?? marker }
        for part in try project.sources.parts(of: whole, in: scope, file: project.file, line: entry.line) {
            switch part {
            case .plain(let requirement): try add(requirement, spelled: entry.text, asker: asker, role: role)
            case .reference(let requirement, let read):
                try add(requirement, from: read, spelled: entry.text, asker: asker, role: role)
            case .pin(let pin, let address):
                if let address { result.indexOptions.explicitIndexes.append("\(pin.index)=\(address)") }
                result.indexOptions.pins.append(pin)
            }
        }
    }

    private mutating func add(
        _ requirement: Requirement, from read: ReadReference? = nil, spelled: String, asker: Asker, role: RequirementRole
    ) throws(RequestError) {
        let root: RootRequirement
        do {
            if let read {
                root = try RootRequirement(requirement, from: read, spelled: spelled, asker: asker)
            } else {
                root = try RootRequirement(requirement, spelled: spelled, asker: asker)
            }
        } catch {
            throw RequestError(error)
        }
        try add(root, role: role)
    }
}
