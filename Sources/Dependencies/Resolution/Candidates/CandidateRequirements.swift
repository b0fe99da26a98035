internal import PythonPackaging

/// What the metadata of a wheel asks for on one target, parsed once.
struct CandidateRequirements: Sendable {
    let requiresPython: String?
    let providesExtra: Set<ExtraName>
    /// What is asked for without any extra.
    private let always: [Requirement]
    /// What depends on extras.
    private let optional: [Requirement]
    private let environment: MarkerEnvironment

    init(_ metadata: CoreMetadata, for environment: MarkerEnvironment) throws(UnusableMetadata) {
        requiresPython = metadata.requiresPython
        providesExtra = Set(metadata.providesExtra)
        self.environment = environment
        var always: [Requirement] = []
        var optional: [Requirement] = []
        for text in metadata.requiresDist {
            let requirement: Requirement
            do {
                requirement = try Requirement(parsing: text)
            } catch {
                throw UnusableMetadata(reason: "has metadata that cannot be read: \(error)")
            }
            if requirement.marker?.mentionsExtras == true { optional.append(requirement) }
            if requirement.applies(in: environment) { always.append(requirement) }
        }
        self.always = always
        self.optional = optional
    }

    /// What is asked for without an extra, or what an extra adds to that.
    func requirements(for extra: ExtraName?) -> [Requirement] {
        guard let extra else { return always }
        return optional.filter {
            $0.applies(in: environment, extras: [extra]) && !$0.applies(in: environment)
        }
    }
}
