internal import PythonPackaging

/// What a dependency says about the version, and how it was written.
struct VersionConstraint: Hashable, Sendable {
    let specifiers: SpecifierSet
    /// The words of the person, for what the root asks for; `nil` for what a package asks for.
    let spelled: String?

    init(_ specifiers: SpecifierSet, spelled: String? = nil) {
        self.specifiers = specifiers
        self.spelled = spelled
    }

    // Clauses in another order make another constraint: cheaper than comparing sets, and nothing depends on it.
    static func == (left: Self, right: Self) -> Bool {
        left.spelled == right.spelled && left.specifiers.specifiers == right.specifiers.specifiers
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(specifiers.specifiers)
        hasher.combine(spelled)
    }
}
