internal import PythonPackaging

/// What a dependency says about the version, and how it was written.
struct VersionConstraint: Hashable, Sendable {
    let specifiers: SpecifierSet
    /// The direct reference that alone will do.
    let reference: ReferenceIdentity?
    /// Who set it and in which words, for what a person wrote; `nil` for what a package asks for.
    let demand: Demand?

    init(_ specifiers: SpecifierSet, reference: ReferenceIdentity? = nil, demand: Demand? = nil) {
        self.specifiers = specifiers
        self.reference = reference
        self.demand = demand
    }

    // Clauses in another order make another constraint: cheaper than comparing sets, and nothing depends on it.
    static func == (left: Self, right: Self) -> Bool {
        left.demand == right.demand && left.reference == right.reference
            && left.specifiers.specifiers == right.specifiers.specifiers
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(specifiers.specifiers)
        hasher.combine(reference)
        hasher.combine(demand)
    }
}

/// Something that a person wrote about the versions of a package.
struct Demand: Hashable, Sendable {
    enum Role: Hashable, Sendable {
        /// The package is asked for.
        case requirement
        /// It limits the versions of a package that something else brings in.
        case constraint
        /// It stands in the place of what a package says itself.
        case override
    }

    let role: Role
    let spelled: String
    /// `nil` for whoever typed the command.
    let asker: Asker?

    init(_ role: Role, _ root: RootRequirement) {
        self.role = role
        spelled = root.spelled
        asker = root.asker
    }

    init(_ role: Role, _ conda: CondaRequirement) {
        self.role = role
        spelled = conda.spelled
        asker = conda.asker
    }
}
