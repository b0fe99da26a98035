internal import Lockfiles
internal import PythonPackaging
internal import TOMLDocuments

extension UVLockComparison {
    /// What is asked for beside the lists of the members.
    mutating func compareSettings() throws(UVProjectError) {
        do throws(RequestError) {
            try comparePythons()
            compareEnvironments("environments", lock.supportedMarkers)
            compareEnvironments("required-environments", lock.settings.requiredMarkers)
            compareConflicts()
            let root = UVRequirements(member: workspace.root, workspace: workspace)
            let settings = lock.settings
            tellChanges(settings.constraints, try root.list("constraint-dependencies"), in: "[tool.uv] constraint-dependencies")
            tellChanges(settings.overrides, try root.list("override-dependencies"), in: "[tool.uv] override-dependencies")
            tellChanges(
                settings.buildConstraints, try root.list("build-constraint-dependencies"),
                in: "[tool.uv] build-constraint-dependencies")
            compareExcludes()
            if workspace.root.name == nil {
                let groups = try root.groups()
                for name in Set(groups.keys).union(lock.askedGroups.keys).sorted() {
                    compareGroup(name, lock.askedGroups[name], groups[name], of: nil)
                }
            }
        } catch {
            throw UVProjectError(error, file: workspace.root.file)
        }
        try compareOptions()
        compareStatedMetadata()
    }

    private mutating func comparePythons() throws(RequestError) {
        guard let now = try? workspace.requiresPython() else { return }
        if PythonBounds(now) != PythonBounds(pythons) {
            tell("requires-python was '\(lock.requiresPython ?? "")', and is '\(now)'")
        }
    }

    /// `environments = […]`, or one text.
    private mutating func compareEnvironments(_ key: String, _ locked: [Marker]) {
        let node = workspace.root.project.uvTable?.values[key]
        let texts = node?.array?.compactMap(\.string) ?? (node?.string).map { [$0] } ?? []
        let markers = texts.compactMap { try? Marker(parsing: $0) }
        let isSame = markers.count == locked.count
            && zip(markers, locked).allSatisfy { Marker.areEquivalent($0, $1, for: pythons) }
        if !isSame { tell("[tool.uv] \(key) changed") }
    }

    private mutating func compareConflicts() {
        var wanted: Set<Set<UVLockSettings.ConflictItem>> = []
        var hasIncludes = false
        for member in workspace.members {
            guard let name = member.name else { continue }
            for list in member.project.uvTable?.values["conflicts"]?.array ?? [] {
                wanted.insert(Set((list.array ?? []).compactMap(\.table).compactMap { Self.item($0, of: name) }))
            }
            hasIncludes = hasIncludes || member.project.document.values["dependency-groups"]?.table?.values.contains {
                $0.array?.contains { $0.table != nil } ?? false
            } ?? false
        }
        // uv adds what follows from groups that include others.
        let isSame = hasIncludes ? wanted.isSubset(of: lock.settings.conflicts) && wanted.isEmpty == lock.settings.conflicts.isEmpty
            : wanted == lock.settings.conflicts
        if !isSame { tell("[tool.uv] conflicts changed") }
    }

    private static func item(_ table: [String: TOMLNode], of member: PackageName) -> UVLockSettings.ConflictItem? {
        let package = table["package"]?.string.flatMap { try? PackageName(parsing: $0) } ?? member
        return UVLockSettings.ConflictItem(
            package: package, extra: table["extra"]?.string.flatMap { try? ExtraName(parsing: $0) },
            group: table["group"]?.string.flatMap { try? PackageName(parsing: $0) })
    }

    private mutating func compareExcludes() {
        let now = (workspace.root.project.uvTable?.values["exclude-dependencies"]?.array ?? []).compactMap(\.string)
        if Set(now) != Set(lock.settings.excludes) { tell("[tool.uv] exclude-dependencies changed") }
    }

    private mutating func compareStatedMetadata() {
        let entries = (try? workspace.settings())??.values["dependency-metadata"]?.array ?? []
        let now = Set(entries.compactMap(\.table).compactMap { Self.stated($0) })
        // uv leaves out what is about packages that the lock does not have.
        let (gone, new) = (lock.settings.statedMetadata.subtracting(now), now.subtracting(lock.settings.statedMetadata))
        let names = Set(lock.packages.map(\.name))
        if !gone.isEmpty || new.contains(where: { names.contains($0.name) }) { tell("[tool.uv] dependency-metadata changed") }
    }

    private static func stated(_ table: [String: TOMLNode]) -> UVLockSettings.StatedMetadata? {
        guard let name = table["name"]?.string.flatMap({ try? PackageName(parsing: $0) }) else { return nil }
        let extras = table["provides-extra"] ?? table["provides-extras"]
        return UVLockSettings.StatedMetadata(
            name: name, version: table["version"]?.string,
            requirements: Set((table["requires-dist"]?.array ?? []).compactMap { $0.string.flatMap { try? Requirement(parsing: $0) } }),
            requiresPython: table["requires-python"]?.string,
            extras: Set((extras?.array ?? []).compactMap { $0.string.flatMap { try? ExtraName(parsing: $0) } }))
    }

    // MARK: - Options

    private mutating func compareOptions() throws(UVProjectError) {
        let table = try workspace.settings()
        let options = [
            ("resolution", lock.settings.resolutionMode, "highest"),
            ("prerelease", lock.settings.prereleaseMode, "if-necessary-or-explicit"),
            ("fork-strategy", lock.settings.forkStrategy, "requires-python"),
        ]
        for (key, locked, standard) in options {
            let now = table?.values[key]?.string ?? standard
            if now != locked { tell("[tool.uv] \(key) was '\(locked)', and is '\(now)'") }
        }
        compareExcludeNewer(table?.values["exclude-newer"]?.string)
        compareIndexes(table)
    }

    private mutating func compareExcludeNewer(_ now: String?) {
        let (time, span) = (lock.settings.excludeNewer, lock.settings.excludeNewerSpan)
        let isSame: Bool
        switch (now.map { NewestFile($0) }, time ?? span) {
        case (nil, nil): isSame = true
        case (nil, _?), (_?, nil): isSame = false
        case (.some(.span(let hours)), _): isSame = span.map { NewestFile($0) } == .span(hours: hours)
        case (.some(let wanted), _): isSame = span == nil && time.map { NewestFile($0) } == wanted
        }
        if !isSame { tell("[tool.uv] exclude-newer was '\(span ?? time ?? "not there")', and is '\(now ?? "not there")'") }
    }

    /// Indexes that packages came from and that are not named any more, as far as the files tell: the default one may stand
    /// in the settings of the person.
    private mutating func compareIndexes(_ settings: RequestTable?) {
        var known: Set<String> = []
        var hasDefault = false
        for uv in [settings] + workspace.members.map(\.project.uvTable) {
            for entry in uv?.values["index"]?.array?.compactMap(\.table) ?? [] {
                if let url = entry["url"]?.string { known.insert(address(url)) }
                if entry["default"]?.boolean == true { hasDefault = true }
            }
            for key in ["extra-index-url", "find-links"] {
                for url in uv?.values[key]?.array ?? [] { url.string.map { _ = known.insert(address($0)) } }
            }
            if let url = uv?.values["index-url"]?.string {
                known.insert(address(url))
                hasDefault = true
            }
        }
        guard !known.isEmpty else { return }
        var used: Set<String> = []
        for package in lock.packages { if case .registry(let index) = package.source { used.insert(address(index)) } }
        let missing = used.subtracting(known).sorted()
        // Without a default of its own, the project uses that of the person.
        guard hasDefault || missing.count > 1 else { return }
        for index in missing { tell("packages come from \(index), which is none of the indexes of the project") }
    }
}
