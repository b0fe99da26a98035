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

/// What the metadata of a distribution asks for on one target, before overrides are put in its place.
struct CandidateRequirements: Sendable {
    let requiresPython: String?
    let providesExtra: Set<ExtraName>
    /// What is asked for without any extra.
    private let always: [Requirement]
    /// What depends on extras.
    private let optional: [Requirement]
    private let environment: MarkerEnvironment
    private let overridden: Set<PackageName>

    /// - Parameter overridden: packages whose requirements count on every target, since something else is put in their
    ///   place, with its own markers.
    init(_ metadata: ParsedMetadata, for environment: MarkerEnvironment, overridden: Set<PackageName> = []) {
        requiresPython = metadata.requiresPython
        providesExtra = metadata.providesExtra
        self.environment = environment
        self.overridden = overridden
        always = metadata.requirements.filter { Self.counts($0, [], environment, overridden) }
        optional = metadata.requirements.filter { $0.marker?.mentionsExtras == true }
    }

    /// What is asked for without an extra, or what an extra adds to that.
    func requirements(for extra: ExtraName?) -> [Requirement] {
        guard let extra else { return always }
        return optional.filter {
            Self.counts($0, [extra], environment, overridden) && !Self.counts($0, [], environment, overridden)
        }
    }

    private static func counts(
        _ requirement: Requirement, _ extras: Set<ExtraName>, _ environment: MarkerEnvironment,
        _ overridden: Set<PackageName>
    ) -> Bool {
        guard let marker = requirement.marker else { return true }
        if !overridden.isEmpty, overridden.contains(requirement.name) { return marker.isTrueSomewhere(extras: extras) }
        return marker.evaluate(in: environment, extras: extras)
    }
}
