internal import CondaPackaging
internal import PubGrub

/// What is known of conda packages: the candidates of each name, in the order in which they are tried, and which of them a
/// match spec allows.
struct JointBook: Sendable {
    private var lists: [CondaName: [JointCandidate]] = [:]
    private var specs: [String: MatchSpec] = [:]
    /// The URL below which named channels live, without a slash at the end; for specs that name a channel.
    private let home: String
    private let virtualPackages: [CondaName: VirtualPackage]
    /// Versions and builds that are tried before all others: those of an earlier lock.
    private let preferred: [CondaName: (version: CondaVersion, build: String)]

    init(
        home: String = "", virtualPackages: [VirtualPackage] = [],
        preferring preferred: [CondaName: (version: CondaVersion, build: String)] = [:]
    ) {
        self.home = home
        self.virtualPackages = Dictionary(virtualPackages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.preferred = preferred
    }

    /// Whether the candidates of a name are known, be there any or not.
    func knows(_ name: CondaName) -> Bool { name.isVirtual || lists[name] != nil }

    /// Tells the candidates of a name.
    ///
    /// - Parameter isStrict: Whether only the first channel that has the package counts (channel priority `strict`), but for
    ///   those that a spec names.
    mutating func add(_ candidates: [JointCandidate], of name: CondaName, isStrict: Bool, named: Set<Int> = []) {
        let first = candidates.map(\.rank).min() ?? 0
        let allowed = isStrict ? candidates.filter { $0.rank == first || named.contains($0.rank) } : candidates
        let wanted = preferred[name]
        func isPreferred(_ candidate: JointCandidate) -> Bool {
            guard let wanted else { return false }
            return candidate.record.version == wanted.version && candidate.record.build == wanted.build
        }
        lists[name] = allowed.sorted { left, right in
            if isPreferred(left) != isPreferred(right) { return isPreferred(left) }
            if left.rank != right.rank { return left.rank < right.rank }
            return JointCandidate.isBetter(left, than: right)
        }
    }

    func candidates(of name: CondaName) -> [JointCandidate] { lists[name] ?? [] }

    func count(of name: CondaName) -> Int {
        name.isVirtual ? (virtualPackages[name] == nil ? 0 : 1) : candidates(of: name).count
    }

    /// The candidates that a spec allows.
    func allowed(by spec: MatchSpec, of name: CondaName) -> CandidateSet {
        let count = count(of: name)
        if name.isVirtual {
            guard let package = virtualPackages[name], spec.matches(package) else { return CandidateSet(noneOf: count) }
            return CandidateSet(allOf: count)
        }
        let details = spec.isPlain ? MatchDetails() : spec.details
        let fits = candidates(of: name).enumerated().filter { _, candidate in
            guard spec.matches(candidate.record) else { return false }
            if let channel = details.channel, !channel.isMeant(candidate.channel, home: home) { return false }
            if let url = details.url, url != candidate.url { return false }
            return true
        }
        return CandidateSet(fits.map(\.offset), of: count)
    }

    /// What a candidate asks for, and what it only limits.
    mutating func dependencies(of name: CondaName, _ place: Int) throws(MatchSpecError) -> [(spec: MatchSpec, isRequired: Bool)] {
        guard !name.isVirtual else { return [] }
        let record = candidates(of: name)[place].record
        var found: [(MatchSpec, Bool)] = []
        for text in record.depends { found.append((try spec(text), true)) }
        for text in record.constrains { found.append((try spec(text), false)) }
        return found
    }

    private mutating func spec(_ text: String) throws(MatchSpecError) -> MatchSpec {
        if let known = specs[text] { return known }
        let spec = try MatchSpec(parsing: text)
        specs[text] = spec
        return spec
    }
}
