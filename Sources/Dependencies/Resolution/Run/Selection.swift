internal import PythonPackaging

/// Turns what the solver chose into packages with wheels.
struct Selection {
    private(set) var packages: [ResolvedPackage] = []
    /// What a person should know about the choice.
    private(set) var warnings: [String] = []

    init(chosen: [PackageKey: Int], projects: [PackageName: KnownProject]) {
        var extras: [PackageName: [ExtraName]] = [:]
        for case .extra(let name, let extra) in chosen.keys { extras[name, default: []].append(extra) }
        for (key, candidate) in chosen {
            guard case .project(let name) = key, let project = projects[name] else { continue }
            add(name, candidate, project, extras: (extras[name] ?? []).sorted())
        }
        packages.sort { $0.name < $1.name }
        warnings.sort()
    }

    private mutating func add(
        _ name: PackageName, _ candidate: Int, _ project: KnownProject, extras: [ExtraName]
    ) {
        guard let offered = project.wheel(of: candidate),
            case .success(let requirements)? = project.metadata(of: candidate)
        else { return }
        let version = project.table.version(of: candidate)
        var needed: Set<PackageName> = []
        for extra in [nil] + extras.map(Optional.some) {
            needed.formUnion(requirements.requirements(for: extra).map(\.name))
        }
        needed.remove(name)
        packages.append(
            ResolvedPackage(
                name: name, version: version, source: .wheel(offered),
                requiresPython: requirements.requiresPython ?? offered.file.requiresPython, extras: extras,
                dependencies: needed.sorted()))
        for extra in extras where !requirements.providesExtra.contains(extra) {
            warnings.append("\(name) \(version) has no extra named \(extra)")
        }
        if case .yes(let reason) = offered.file.yanked {
            warnings.append("\(name) \(version) was yanked\(reason.map { " (\"\($0)\")" } ?? "")")
        }
    }
}
