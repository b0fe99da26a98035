internal import Lockfiles
internal import PubGrub
internal import PythonPackaging

/// What has been learnt about a project during a resolution.
struct KnownProject: Sendable {
    /// Where its candidates come from.
    enum Offer: Sendable {
        case listing(any VersionListing)
        case direct([DirectDistribution])
        /// No index knows it: conda packages have it.
        case conda
    }

    let name: PackageName
    let offer: Offer
    let table: CandidateTable
    private var choices: [Int: FileChoice.Outcome] = [:]
    /// Wheels that say what candidates need which would be built.
    private var descriptions: [Int: OfferedFile] = [:]
    private var requirements: [Int: Result<CandidateRequirements, UnusableMetadata>] = [:]
    /// How many metadata files the solver had to ask for.
    var metadataAsked = 0

    init(_ name: PackageName, _ offer: Offer, table: CandidateTable) {
        self.name = name
        self.offer = offer
        self.table = table
    }

    /// What would be installed of a candidate, or why nothing can be; files are looked at once.
    mutating func choice(
        of candidate: Int, _ stipulations: Stipulations, _ files: inout FileChoice
    ) -> FileChoice.Outcome {
        if let known = choices[candidate] { return known }
        let outcome = choose(candidate, stipulations, &files)
        choices[candidate] = outcome
        if case .sdist = outcome, let question = question(candidate, stipulations) {
            descriptions[candidate] = files.description(of: question)
        }
        return outcome
    }

    /// `nil` for what is not of an index.
    private func question(_ candidate: Int, _ stipulations: Stipulations) -> FileChoice.Question? {
        guard case .listing(let listing) = offer, table.standIn(of: candidate) == nil else { return nil }
        return FileChoice.Question(
            project: name, listing: listing, position: table.position(of: candidate),
            allowsYanked: stipulations.allowsYanked(table.version(of: candidate), of: name),
            hashes: stipulations.hashes(of: name))
    }

    private func choose(
        _ candidate: Int, _ stipulations: Stipulations, _ files: inout FileChoice
    ) -> FileChoice.Outcome {
        if let standIn = table.standIn(of: candidate) { return choose(standIn, stipulations) }
        if case .direct(let distributions) = offer {
            let wheels = distributions[candidate].wheelsOnly
            return files.mismatch(of: wheels).map { .unusable(.noCompatibleWheel($0)) } ?? .direct(candidate)
        }
        guard let question = question(candidate, stipulations) else { return .direct(candidate) }
        let outcome = files.choose(question)
        if case .unusable = outcome { return outcome }
        let isRefused = table.version(of: candidate).isPrerelease && stipulations.refusesPrereleases(of: name)
        return isRefused ? .unusable(.prerelease) : outcome
    }

    /// Hashes are those of files of an index, so that where they are named no conda package will do.
    private func choose(_ standIn: StandIn, _ stipulations: Stipulations) -> FileChoice.Outcome {
        if stipulations.hashes(of: name) != nil { return .unusable(.noNamedHash) }
        let isRefused = standIn.version.isPrerelease && stipulations.refusesPrereleases(of: name)
        return isRefused ? .unusable(.prerelease) : .standIn(standIn)
    }

    /// What would be installed of a candidate that was looked at.
    func knownChoice(of candidate: Int) -> FileChoice.Outcome? { choices[candidate] }

    /// The file of an index whose metadata says what a candidate needs, if it was looked at and can be used.
    func file(of candidate: Int) -> OfferedFile? {
        switch choices[candidate] {
        case .wheel(let file): file
        case .sdist(let file): descriptions[candidate] ?? file
        case .direct, .standIn, .unusable, nil: nil
        }
    }

    var isDirect: Bool {
        if case .direct = offer { true } else { false }
    }

    func metadata(of candidate: Int) -> Result<CandidateRequirements, UnusableMetadata>? { requirements[candidate] }

    mutating func learn(_ metadata: Result<CandidateRequirements, UnusableMetadata>, of candidate: Int) {
        requirements[candidate] = metadata
    }

    /// The open candidates from `candidate` on that cannot be used for a reason like `reason`, up to the first that can
    /// be or has another reason.
    mutating func unusable(
        like reason: Unusable, from candidate: Int, open: CandidateSet, _ stipulations: Stipulations,
        _ files: inout FileChoice
    ) -> CandidateSet {
        var result = CandidateSet([candidate], of: table.count)
        var position = candidate + 1
        while let next = open.candidate(atOrAfter: position),
            case .unusable(let other) = choice(of: next, stipulations, &files), other.isLike(reason)
        {
            result.insert(next)
            position = next + 1
        }
        return result
    }
}

extension DirectDistribution {
    /// The names of its wheels, if it is nothing but wheels.
    fileprivate var wheelsOnly: [String] {
        guard case .distributions(sdist: nil, let wheels) = source else { return [] }
        return wheels.map(\.filename)
    }
}
