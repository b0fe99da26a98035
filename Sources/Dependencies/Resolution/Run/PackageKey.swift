internal import PubGrub
internal import PythonPackaging

/// What the solver chooses a candidate for.
enum PackageKey: Hashable, Sendable {
    /// Whoever asked.
    case root
    case project(PackageName)
    /// What an extra adds to its project; always at the version of the project.
    case extra(PackageName, ExtraName)

    var project: PackageName? {
        switch self {
        case .root: nil
        case .project(let name), .extra(let name, _): name
        }
    }

    var extra: ExtraName? {
        if case .extra(_, let extra) = self { extra } else { nil }
    }
}

typealias ProjectSolver = DependencySolver<PackageKey, VersionConstraint, Unusable>
typealias ProjectDependency = Dependency<PackageKey, VersionConstraint>

extension Requirement {
    /// The requirement as the solver takes it; with extras it is one for each of them.
    ///
    /// - Parameter isRequired: false for what only limits a package that something else brings in.
    func dependencies(demand: Demand? = nil, isRequired: Bool = true) -> [ProjectDependency] {
        let constraint = VersionConstraint(specifiers, demand: demand)
        if extras.isEmpty { return [Dependency(.project(name), constraint, isRequired: isRequired)] }
        return extras.map { Dependency(.extra(name, $0), constraint, isRequired: isRequired) }
    }
}

extension RootRequirement {
    /// What it asks of the solver, in the words of the person: a constraint limits and brings nothing in.
    func dependencies(as role: Demand.Role = .requirement) -> [ProjectDependency] {
        requirement.dependencies(demand: Demand(role, self), isRequired: role != .constraint)
    }
}
