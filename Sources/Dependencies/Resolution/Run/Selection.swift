internal import PythonPackaging

/// Turns what the solver chose into packages.
struct Selection {
    private(set) var packages: [ResolvedPackage] = []
    /// What a person should know about the choice.
    private(set) var warnings: [String] = []
    private let book: ProjectBook

    init(chosen: [PackageKey: Int], book: ProjectBook) {
        self.book = book
        var extras: [PackageName: [ExtraName]] = [:]
        for case .extra(let name, let extra) in chosen.keys { extras[name, default: []].append(extra) }
        for (key, candidate) in chosen {
            guard case .project(let name) = key, let project = book.projects[name] else { continue }
            add(name, candidate, project, extras: (extras[name] ?? []).sorted())
        }
        packages.sort { $0.name < $1.name }
        warnings.sort()
    }

    private mutating func add(
        _ name: PackageName, _ candidate: Int, _ project: KnownProject, extras: [ExtraName]
    ) {
        guard let source = Self.source(of: candidate, project),
            case .success(let requirements)? = project.metadata(of: candidate)
        else { return }
        let version = project.table.version(of: candidate)
        let needed = ([nil] + extras.map(Optional.some)).flatMap { book.wants(of: candidate, name, extra: $0) }
            .map(\.requirement)
        let package = ResolvedPackage(
            name: name, version: version, source: source, requiresPython: requirements.requiresPython, extras: extras,
            requirements: needed)
        packages.append(package)
        for extra in extras where !requirements.providesExtra.contains(extra) {
            warnings.append("\(name) \(version) has no extra named \(extra)")
        }
        if case .yes(let reason)? = package.offered?.file.yanked {
            warnings.append("\(name) \(version) was yanked\(reason.map { " (\"\($0)\")" } ?? "")")
        }
    }

    private static func source(of candidate: Int, _ project: KnownProject) -> ResolvedPackage.Chosen? {
        switch (project.knownChoice(of: candidate), project.offer) {
        case (.wheel(let file), _): .wheel(file)
        case (.sdist(let file, _), _): .sdist(file)
        case (.direct(let place), .direct(let distributions)): .direct(distributions[place])
        default: nil
        }
    }
}
