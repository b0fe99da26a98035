internal import PubGrub
internal import PythonPackaging

/// What has been learnt about a project during a resolution.
struct KnownProject: Sendable {
    let listing: any VersionListing
    let table: CandidateTable
    private let yankedAllowed: Set<Version>
    private var choices: [Int: WheelChoice.Outcome] = [:]
    private var requirements: [Int: Result<CandidateRequirements, UnusableMetadata>] = [:]
    /// How many metadata files the solver had to ask for.
    var metadataAsked = 0

    init(_ listing: any VersionListing, table: CandidateTable, yankedAllowed: Set<Version>) {
        self.listing = listing
        self.table = table
        self.yankedAllowed = yankedAllowed
    }

    /// The wheel of a candidate, or why there is none; files are looked at once.
    mutating func choice(of candidate: Int, with wheels: inout WheelChoice) -> WheelChoice.Outcome {
        if let known = choices[candidate] { return known }
        let version = table.version(of: candidate)
        let outcome = wheels.choose(
            from: listing, at: table.position(of: candidate), isPrerelease: version.isPrerelease,
            allowsYanked: yankedAllowed.contains(version))
        choices[candidate] = outcome
        return outcome
    }

    /// The wheel of a candidate that was looked at and can be used.
    func wheel(of candidate: Int) -> OfferedFile? {
        if case .wheel(let file)? = choices[candidate] { file } else { nil }
    }

    func metadata(of candidate: Int) -> Result<CandidateRequirements, UnusableMetadata>? { requirements[candidate] }

    mutating func learn(_ metadata: Result<CandidateRequirements, UnusableMetadata>, of candidate: Int) {
        requirements[candidate] = metadata
    }

    /// The open candidates from `candidate` on that cannot be used for a reason like `reason`, up to the first that can
    /// be or has another reason.
    mutating func unusable(
        like reason: Unusable, from candidate: Int, open: CandidateSet, with wheels: inout WheelChoice
    ) -> CandidateSet {
        var result = CandidateSet([candidate], of: table.count)
        var position = candidate + 1
        while let next = open.candidate(atOrAfter: position),
            case .unusable(let other) = choice(of: next, with: &wheels), other.isLike(reason)
        {
            result.insert(next)
            position = next + 1
        }
        return result
    }
}
