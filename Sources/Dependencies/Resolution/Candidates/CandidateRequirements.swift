internal import PythonPackaging

/// The metadata of a distribution with its requirements parsed, once for all targets.
struct ParsedMetadata: Sendable {
    let requiresPython: String?
    let providesExtra: Set<ExtraName>
    let requirements: [Requirement]

    /// - Throws: Where a requirement is malformed.
    init(_ metadata: CoreMetadata) throws(UnusableMetadata) {
        requiresPython = metadata.requiresPython
        providesExtra = Set(metadata.providesExtra)
        do {
            requirements = try metadata.requirements()
        } catch {
            throw UnusableMetadata(reason: "has metadata that cannot be read: \(error)")
        }
    }
}

/// What the metadata of a distribution asks for on one target.
struct CandidateRequirements: Sendable {
    let requiresPython: String?
    let providesExtra: Set<ExtraName>
    /// What is asked for without any extra.
    private let always: [Requirement]
    /// What depends on extras.
    private let optional: [Requirement]
    private let environment: MarkerEnvironment

    init(_ metadata: ParsedMetadata, for environment: MarkerEnvironment) {
        requiresPython = metadata.requiresPython
        providesExtra = metadata.providesExtra
        self.environment = environment
        always = metadata.requirements.filter { $0.applies(in: environment) }
        optional = metadata.requirements.filter { $0.marker?.mentionsExtras == true }
    }

    /// What is asked for without an extra, or what an extra adds to that.
    func requirements(for extra: ExtraName?) -> [Requirement] {
        guard let extra else { return always }
        return optional.filter {
            $0.applies(in: environment, extras: [extra]) && !$0.applies(in: environment)
        }
    }
}
