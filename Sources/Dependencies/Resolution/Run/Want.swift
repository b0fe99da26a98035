internal import PubGrub
internal import PythonPackaging

/// A requirement that is in force on the target, whoever wrote it.
struct Want: Sendable {
    let requirement: Requirement
    /// The words of the person, if it is theirs.
    let demand: Demand?
    /// Where the package is to come from, if not from an index.
    let reference: DirectReference?

    /// What a package asks for.
    init(_ requirement: Requirement) {
        self.requirement = requirement
        demand = nil
        reference = requirement.directReference
    }

    /// What the person asks for.
    init(_ root: RootRequirement, as role: Demand.Role) {
        requirement = root.requirement
        demand = Demand(role, root)
        reference = root.reference ?? root.requirement.directReference
    }

    var constraint: VersionConstraint {
        VersionConstraint(requirement.specifiers, reference: reference.map(ReferenceIdentity.init), demand: demand)
    }

    /// As the solver takes it; with extras it is one for each of them.
    var dependencies: [ProjectDependency] {
        if requirement.extras.isEmpty { return [Dependency(.project(requirement.name), .versions(constraint))] }
        return requirement.extras.map { Dependency(.extra(requirement.name, $0), .versions(constraint)) }
    }
}

extension Requirement {
    /// Whether it names where the package comes from.
    var isURL: Bool {
        if case .url = source { true } else { false }
    }

    /// Where its URL leads; `nil` without one, or with one that is not understood.
    fileprivate var directReference: DirectReference? {
        guard case .url(let url) = source else { return nil }
        return try? DirectReference(parsing: url)
    }
}
