import PythonPackaging

/// Follows dependencies from the projects on, as far as they are for the target.
struct UVGraphWalk {
    /// A package with one of its extras, or without.
    private struct Node: Hashable {
        let package: Int
        let extra: ExtraName?
    }

    let lock: UVLock
    let target: PythonTarget
    let selection: UVSelection
    let file: String
    private let positions: [PackageName: [Int]]
    /// The names under which markers ask for the chosen extras and groups of projects that exclude each other.
    private var encoded: Set<ExtraName> = []
    private var seen: Set<Node> = []
    private var open: [Node] = []
    private var needs: [Int: Set<PackageName>] = [:]

    init(lock: UVLock, target: PythonTarget, selection: UVSelection, file: String) {
        (self.lock, self.target, self.selection, self.file) = (lock, target, selection, file)
        positions = Dictionary(grouping: lock.packages.indices) { lock.packages[$0].name }
    }

    mutating func packages() throws(LockError) -> [LockedPackage] {
        try check()
        let projects = try self.projects()
        try checkConflicts(projects)
        for project in projects { encode(lock.packages[project]) }
        try walk(from: projects)
        // Extras that others ask for decide, too, which side of a conflict is taken.
        while encodeReached() { try walk(from: projects) }
        let left = selection.includesProjects ? [] : Set(projects)
        let chosen = Set(seen.map(\.package)).subtracting(left).sorted()
        try checkNames(chosen)
        var packages: [LockedPackage] = []
        for position in chosen {
            if let package = try locked(position) { packages.append(package) }
        }
        return packages
    }

    private mutating func walk(from projects: [Int]) throws(LockError) {
        (seen, needs) = ([], [:])
        for project in projects { try enter(project) }
        try follow(lock.requirements, from: nil)
        for name in selection.groups.sorted() { try follow(lock.groups[name] ?? [], from: nil) }
        while let node = open.popLast() {
            let package = lock.packages[node.package]
            try follow(node.extra.map { package.optionalDependencies[$0] ?? [] } ?? package.dependencies, from: node.package)
        }
    }

    // MARK: - Where to begin

    private func check() throws(LockError) {
        if let text = lock.requiresPython, let specifiers = try? SpecifierSet(parsing: text),
            !specifiers.contains(target.pythonVersion)
        {
            throw error("requires-python", "it is for Python \(text), and this is Python \(target.pythonVersion)")
        }
        let markers = lock.supportedMarkers
        guard markers.isEmpty || markers.contains(where: { $0.evaluate(in: target.markerEnvironment) }) else {
            throw error("supported-markers", "none of the environments that the lock is for is this one")
        }
    }

    private func projects() throws(LockError) -> [Int] {
        if let names = selection.projects {
            var projects: [Int] = []
            for name in names {
                guard let project = positions[name]?.first(where: { lock.packages[$0].source.folder != nil }) else {
                    throw error("package", "there is no project named \(name) in the lock")
                }
                projects.append(project)
            }
            return projects
        }
        if let main = lock.packages.firstIndex(where: { $0.source.folder == "." }) { return [main] }
        let members = lock.members.flatMap { positions[$0] ?? [] }
        guard !members.isEmpty || !lock.requirements.isEmpty || lock.packages.isEmpty else {
            throw error("package", "none of its packages is the project of this folder: name the project that is wanted")
        }
        return members
    }

    /// uv writes `extra == 'extra-4-name-x'` where extras, and `extra == 'group-4-name-x'` where groups exclude each other.
    private mutating func encode(_ project: UVPackage) {
        let stem = "\(project.name.description.utf8.count)-\(project.name)"
        for extra in selection.extras { if let name = try? ExtraName(parsing: "extra-\(stem)-\(extra)") { encoded.insert(name) } }
        for group in selection.groups { if let name = try? ExtraName(parsing: "group-\(stem)-\(group)") { encoded.insert(name) } }
    }

    /// Whether extras were reached that exclude others, and were not counted yet.
    private mutating func encodeReached() -> Bool {
        guard !lock.settings.conflicts.isEmpty else { return false }
        let before = encoded.count
        for node in seen {
            let name = lock.packages[node.package].name
            guard let extra = node.extra, isInConflict(name, extra: extra) else { continue }
            if let name = try? ExtraName(parsing: "extra-\(name.description.utf8.count)-\(name)-\(extra)") { encoded.insert(name) }
        }
        return encoded.count > before
    }

    private func isInConflict(_ name: PackageName, extra: ExtraName) -> Bool {
        lock.settings.conflicts.contains { $0.contains { $0.package == name && $0.extra == extra } }
    }

    /// That no two extras or groups are chosen that the project says exclude each other.
    private func checkConflicts(_ projects: [Int]) throws(LockError) {
        let names = Set(projects.map { lock.packages[$0].name })
        for conflict in lock.settings.conflicts {
            let chosen = conflict.filter { item in
                names.contains(item.package)
                    && (item.extra.map { selection.extras.contains($0) } ?? item.group.map { selection.groups.contains($0) } ?? false)
            }
            guard chosen.count > 1 else { continue }
            let words = chosen.map { $0.extra.map { "the extra '\($0)'" } ?? $0.group.map { "the group '\($0)'" } ?? "" }.sorted()
            throw error("conflicts", "\(words.joined(separator: " and ")) exclude each other")
        }
    }

    private mutating func enter(_ project: Int) throws(LockError) {
        visit(Node(package: project, extra: nil))
        for extra in selection.extras.sorted() where lock.packages[project].optionalDependencies[extra] != nil {
            visit(Node(package: project, extra: extra))
        }
        for group in selection.groups.sorted() {
            try follow(lock.packages[project].groups[group] ?? [], from: project)
        }
    }

    // MARK: - Going on

    private mutating func visit(_ node: Node) {
        if seen.insert(node).inserted { open.append(node) }
    }

    private mutating func follow(_ dependencies: [UVDependency], from package: Int?) throws(LockError) {
        for dependency in dependencies where isTrue(dependency.marker) {
            guard let position = entry(for: dependency) else {
                let asker = package.map { "package[\($0)] (\(lock.packages[$0].name))" } ?? "manifest"
                throw error(asker, "it needs \(dependency.name), of which the lock has no entry for this environment")
            }
            if let package { needs[package, default: []].insert(dependency.name) }
            visit(Node(package: position, extra: nil))
            for extra in dependency.extras { visit(Node(package: position, extra: extra)) }
        }
    }

    private func isTrue(_ marker: Marker?) -> Bool {
        marker?.evaluate(in: target.markerEnvironment, extras: encoded) ?? true
    }

    private func entry(for dependency: UVDependency) -> Int? {
        let named = (positions[dependency.name] ?? []).filter { position in
            let package = lock.packages[position]
            return (dependency.version == nil || package.version == dependency.version)
                && (dependency.source == nil || package.source == dependency.source)
        }
        guard named.count > 1 else { return named.first }
        return named.first { position in
            let markers = lock.packages[position].resolutionMarkers
            return markers.isEmpty || markers.contains { isTrue($0) }
        }
    }

    private func checkNames(_ chosen: [Int]) throws(LockError) {
        var first: [PackageName: Int] = [:]
        for position in chosen {
            guard let other = first.updateValue(position, forKey: lock.packages[position].name) else { continue }
            throw error(
                "package[\(position)] (\(lock.packages[position].name))",
                "package[\(other)] is an entry for the same package and environment")
        }
    }

    // MARK: - What is installed

    /// The entry as a lock for the target has it; `nil` for a project that is not installed.
    private func locked(_ position: Int) throws(LockError) -> LockedPackage? {
        let package = lock.packages[position]
        let path = "package[\(position)] (\(package.name))"
        guard let source = try source(of: package, path) else { return nil }
        var index: String?
        if case .registry(let address) = package.source, address.contains("://") { index = address }
        return LockedPackage(
            name: package.name, version: source.isTree ? nil : package.version,
            dependencies: (needs[position] ?? []).map { LockedDependency(name: $0) }, source: source, index: index)
    }

    private func source(of package: UVPackage, _ path: String) throws(LockError) -> LockedSource? {
        switch package.source {
        case .virtual: return nil
        case .directory(let folder): return .directory(LockedDirectory(path: folder))
        case .editable(let folder): return .directory(LockedDirectory(path: folder, isEditable: true))
        case .git(let repository): return .versionControl(repository)
        case .registry: return try distribution(of: package, path)
        case .url(_, let subdirectory): return .archive(LockedArchive(file: try onlyFile(package, path), subdirectory: subdirectory))
        case .path: return .archive(LockedArchive(file: try onlyFile(package, path)))
        }
    }

    private func distribution(of package: UVPackage, _ path: String) throws(LockError) -> LockedSource {
        let best = target.tags.best(of: package.wheels.compactMap { try? WheelFilename(parsing: $0.filename) })
        if let best, let wheel = package.wheels.first(where: { $0.filename == best.description }) {
            return .distributions(sdist: nil, wheels: [wheel])
        }
        guard let sdist = package.sdist else {
            throw LockError(
                file: file, keyPath: path,
                problem: .noWheel(
                    package: "\(package.name)" + (package.version.map { " \($0)" } ?? ""),
                    python: "Python \(target.pythonVersion)", locked: package.wheels.map(\.filename)))
        }
        return .distributions(sdist: sdist, wheels: [])
    }

    private func onlyFile(_ package: UVPackage, _ path: String) throws(LockError) -> LockedFile {
        guard let file = package.wheels.first ?? package.sdist else { throw error(path, "it has no file with a hash") }
        return file
    }

    private func error(_ path: String, _ reason: String) -> LockError {
        LockError(file: file, keyPath: path, problem: .unsuitable(reason))
    }
}
