internal import PubGrub
internal import PythonPackaging

/// The projects that were met in a resolution, seen through what the person laid down.
struct ProjectBook: Sendable {
    let stipulations: Stipulations
    private(set) var projects: [PackageName: KnownProject] = [:]
    /// Projects that no index knows.
    private(set) var missing: Set<PackageName> = []
    private(set) var files: FileChoice
    private let environment: MarkerEnvironment
    /// What direct references led to, until all those of a project are there.
    private var found: [PackageName: [Int: DirectDistribution]] = [:]

    init(_ stipulations: Stipulations, target: PythonTarget, files: FileChoice) {
        self.stipulations = stipulations
        self.files = files
        environment = target.markerEnvironment
    }

    // MARK: - Learning

    /// - Parameters:
    ///   - standIns: what conda packages have of the project, the dearest first.
    ///   - standInsFirst: whether these come before what the index has.
    mutating func learn(
        _ listing: (any VersionListing)?, of name: PackageName, standIns: [StandIn] = [], standInsFirst: Bool = false
    ) {
        if listing == nil { missing.insert(name) }
        guard listing != nil || !standIns.isEmpty else { return }
        let table = CandidateTable(
            versions: listing?.versions ?? [], ranks: listing?.indexRanks, policy: stipulations.policy(for: name),
            standIns: standIns, standInsFirst: standInsFirst)
        projects[name] = KnownProject(name, listing.map(KnownProject.Offer.listing) ?? .conda, table: table)
    }

    mutating func learn(_ metadata: Result<ParsedMetadata, UnusableMetadata>, of name: PackageName, _ candidate: Int) {
        let requirements = metadata.map(requirements)
        projects[name]?.learn(requirements, of: candidate)
    }

    /// - Returns: Whether everything is known of the project now.
    mutating func learn(_ distribution: DirectDistribution, of name: PackageName, at place: Int) -> Bool {
        found[name, default: [:]][place] = distribution
        let references = stipulations.references[name] ?? []
        let all = references.indices.compactMap { found[name]?[$0] }
        guard all.count == references.count, projects[name] == nil else { return false }
        let table = CandidateTable(
            versions: all.map(\.metadata.version), of: references.map(ReferenceIdentity.init))
        var project = KnownProject(name, .direct(all), table: table)
        for (candidate, distribution) in all.enumerated() {
            project.learn(
                Result { () throws(UnusableMetadata) in requirements(try ParsedMetadata(distribution.metadata)) },
                of: candidate)
        }
        projects[name] = project
        return true
    }

    /// What metadata asks for on the target.
    func requirements(_ metadata: ParsedMetadata) -> CandidateRequirements {
        CandidateRequirements(metadata, for: environment, overridden: stipulations.overridden)
    }

    // MARK: - Asking

    /// Whether nobody needs to ask for the project's page: it comes from elsewhere, or is known already.
    func isDirect(_ name: PackageName) -> Bool { stipulations.references[name] != nil }

    mutating func choice(of candidate: Int, _ name: PackageName) -> FileChoice.Outcome? {
        projects[name]?.choice(of: candidate, stipulations, &files)
    }

    mutating func unusable(
        like reason: Unusable, from candidate: Int, _ name: PackageName, open: CandidateSet
    ) -> CandidateSet? {
        projects[name]?.unusable(like: reason, from: candidate, open: open, stipulations, &files)
    }

    mutating func acceptsPython(_ required: String?) -> Bool { files.python.accepts(required) }

    /// What a candidate wants for itself or for an extra, overrides applied; empty where its metadata is not known.
    func wants(of candidate: Int, _ name: PackageName, extra: ExtraName?) -> [Want] {
        guard case .success(let requirements)? = projects[name]?.metadata(of: candidate) else { return [] }
        return stipulations.wants(requirements.requirements(for: extra))
    }

    /// What metadata asks for on behalf of an extra, overrides applied.
    func wants(_ metadata: ParsedMetadata, extra: ExtraName) -> [Want] {
        stipulations.wants(requirements(metadata).requirements(for: extra))
    }

    /// Counts how often the solver asked for metadata of a project.
    mutating func noteMetadataAsked(of name: PackageName) -> Int {
        projects[name]?.metadataAsked += 1
        return projects[name]?.metadataAsked ?? 0
    }
}
