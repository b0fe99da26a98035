internal import Lockfiles
internal import PythonPackaging
internal import TOMLDocuments

/// What the lists of a member come to, in the form that a `uv.lock` has them: each requirement with its source.
struct UVRequirements {
    let member: UVMember
    let workspace: UVWorkspace

    /// Those of `[project]`, extras included; `nil` where the build tells them.
    func dependencies() throws(RequestError) -> [UVRequirement]? {
        guard !member.isDynamic("dependencies"), !member.isDynamic("optional-dependencies") else { return nil }
        var all: [UVRequirement] = []
        for entry in try member.project.dependencies() { all += try lowered(entry, in: .project) }
        for extra in member.project.extraNames {
            let condition = try? Marker(parsing: "extra == '\(extra)'")
            for entry in try member.project.dependencies(ofExtra: extra) {
                all += try lowered(entry, in: .extra(extra), condition)
            }
        }
        return all
    }

    /// Of each group, with those that it includes.
    func groups() throws(RequestError) -> [PackageName: [UVRequirement]] {
        var groups: [PackageName: [UVRequirement]] = [:]
        for group in member.project.groupNames {
            guard let name = try? PackageName(parsing: group.description) else { continue }
            var all: [UVRequirement] = []
            for (entry, condition) in try flat(group, path: []) { all += try lowered(entry, in: .group(group), condition) }
            groups[name] = all
        }
        return groups
    }

    /// A list of `[tool.uv]`, such as its constraints.
    func list(_ key: String) throws(RequestError) -> [UVRequirement] {
        var all: [UVRequirement] = []
        guard let table = member.project.uvTable, let nodes = table.values[key]?.array else { return [] }
        // Entries that are tables are about one package alone.
        for node in nodes {
            guard let text = node.string else { continue }
            all += try lowered(RequestTable.Text(text: text, line: node.line), in: .project)
        }
        return all
    }

    /// A group's requirements with the conditions that its Pythons add.
    private func flat(
        _ group: ExtraName, path: [ExtraName]
    ) throws(RequestError) -> [(entry: RequestTable.Text, condition: Marker?)] {
        if path.contains(group) { throw RequestError(.cycle((path + [group]).map(\.description)), file: member.file) }
        var all: [(entry: RequestTable.Text, condition: Marker?)] = []
        for entry in try member.project.entries(ofGroup: group) {
            switch entry {
            case .requirement(let text): all.append((text, nil))
            case .include(let other, _): all += try flat(other, path: path + [group])
            }
        }
        guard let condition = pythons(ofGroup: group) else { return all }
        return all.map { ($0.entry, $0.condition?.and(condition) ?? condition) }
    }

    /// `[tool.uv.dependency-groups.NAME] requires-python` as a marker.
    private func pythons(ofGroup group: ExtraName) -> Marker? {
        let table = member.project.uvTable?.values["dependency-groups"]?.table ?? [:]
        let own = table.first { (try? ExtraName(parsing: $0.key)) == group }
        guard let text = own?.value.table?["requires-python"]?.string, let set = try? SpecifierSet(parsing: text) else { return nil }
        let parts = set.specifiers.map { "python_full_version \($0.operator.rawValue) '\($0.text)'" }
        return try? Marker(parsing: parts.joined(separator: " and "))
    }

    // MARK: - Sources

    private func lowered(
        _ entry: RequestTable.Text, in scope: SourceTable.Scope, _ condition: Marker? = nil
    ) throws(RequestError) -> [UVRequirement] {
        var requirement: Requirement
        do throws(RequirementError) {
            requirement = try Requirement(parsing: entry.text)
        } catch {
            throw RequestError(.value("'\(entry.text)'", expected: "a requirement (\(error))"), file: member.file, line: entry.line)
        }
        if let condition { requirement.marker = requirement.marker?.and(condition) ?? condition }
        let isOwn = member.project.sources.entries[requirement.name] != nil
        guard let tables = member.project.sources.entries[requirement.name] ?? workspace.root.project.sources.entries[requirement.name]
        else { return [plain(requirement)] }
        var all: [UVRequirement] = []
        var rest: Requirement? = requirement
        for table in tables where try counts(table, in: scope) {
            let marker = table.values["marker"]?.string.flatMap { try? Marker(parsing: $0) }
            let place = UVSourcePlace(
                table: table, requirement: requirement, workspace: workspace, member: member,
                base: isOwn ? member.folder : workspace.root.folder)
            all.append(
                UVRequirement(
                    name: requirement.name, extras: requirement.extras, source: try place.source(),
                    marker: marker.map { own in requirement.marker.map { own.and($0) } ?? own } ?? requirement.marker))
            guard let marker, let other = marker.negated, let left = rest else {
                rest = nil
                continue
            }
            rest?.marker = left.marker.map { other.and($0) } ?? other
        }
        if let rest { all.append(plain(rest)) }
        return all.filter { $0.marker?.isPossible() ?? true }
    }

    private func counts(_ table: RequestTable, in scope: SourceTable.Scope) throws(RequestError) -> Bool {
        if let extra = try table.string("extra"), (try? ExtraName(parsing: extra)).map({ .extra($0) }) != scope { return false }
        if let group = try table.string("group"), (try? ExtraName(parsing: group)).map({ .group($0) }) != scope { return false }
        return true
    }

    private func plain(_ requirement: Requirement) -> UVRequirement {
        let source: UVRequirement.Source
        switch requirement.source {
        case .registry(let specifiers): source = .registry(specifiers, index: nil)
        case .url(let url): source = UVSourcePlace.source(ofURL: url, below: member.folder)
        }
        return UVRequirement(name: requirement.name, extras: requirement.extras, source: source, marker: requirement.marker)
    }
}
