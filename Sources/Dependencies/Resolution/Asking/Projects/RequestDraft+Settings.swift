internal import PackageSources
internal import PythonPackaging
internal import TOMLDocuments

extension RequestDraft {
    /// What a project says beside its lists: Pythons, constraints, overrides, and uv's settings about building.
    mutating func takeSettings(of project: ProjectFile) throws(RequestError) {
        if let pythons = try project.requiresPython() {
            result.requiresPython = result.requiresPython.map { $0.and(pythons) } ?? pythons
        }
        let words = "[tool.uv] of \(project.file)"
        for entry in try project.constraints() {
            let asker = Asker(words, file: project.file, line: entry.line)
            try add(entry.text, asker: asker, role: .constraint, below: project.folder)
        }
        for entry in try project.overrides() {
            let asker = Asker(words, file: project.file, line: entry.line)
            try add(entry.text, asker: asker, role: .override, below: project.folder)
        }
        guard let uv = project.uvTable else { return }
        if try uv.string("prerelease") == "allow" { result.allowsPrereleases = true }
        if try uv.boolean("no-build") == true { try build(":all:", never: true, uv, "no-build") }
        if try uv.boolean("no-binary") == true { try build(":all:", never: false, uv, "no-binary") }
        for (key, never) in [("no-build-package", true), ("no-binary-package", false)] {
            for entry in try uv.strings(key) { try build(entry.text, never: never, uv, key) }
        }
    }

    private mutating func build(
        _ names: String, never: Bool, _ uv: RequestTable, _ key: String
    ) throws(RequestError) {
        do {
            if never { try result.builds.neverBuild(names) } else { try result.builds.alwaysBuild(names) }
        } catch {
            throw uv.error(key, expected: "a list of names of packages")
        }
    }

    /// The indexes of `[[tool.uv.index]]`; a script has no configuration file that says them.
    mutating func takeIndexes(of script: ProjectFile) throws(RequestError) {
        guard let uv = script.uvTable else { return }
        for node in uv.values["index"]?.array ?? [] {
            guard let values = node.table else { throw uv.error("index", expected: "a list of tables") }
            let entry = RequestTable(values, place: uv.placed("index"), file: uv.file, firstLine: uv.firstLine)
            guard let url = try entry.string("url") else { throw uv.error("index", expected: "tables with a url") }
            let name = try entry.string("name")
            let index = name.map { "\($0)=\(url)" } ?? url
            if try entry.boolean("default") == true {
                result.indexOptions.indexURL = index
            } else if try entry.boolean("explicit") == true {
                result.indexOptions.explicitIndexes.append(index)
            } else {
                result.indexOptions.extraIndexURLs.append(index)
            }
        }
    }
}

extension ProjectFile {
    /// Who asks, for a list of the project.
    func words(_ scope: SourceTable.Scope) -> String {
        switch scope {
        case .project: file
        case .extra(let name): "the extra '\(name)' of \(file)"
        case .group(let name): "the group '\(name)' of \(file)"
        }
    }
}
