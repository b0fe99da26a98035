internal import PubGrub
internal import PythonPackaging

/// A project as a list of candidates: preferred versions, then stable versions and then pre-releases, newest first.
struct CandidateTable: Sendable {
    /// In which order the versions of a project are tried.
    struct Policy: Sendable, Hashable {
        /// Versions that come first, the dearest before the others.
        var preferred: [Version] = []
        /// Whether pre-releases are like other versions; otherwise they come last.
        var mixesPrereleases = false
        /// Whether old versions come before new ones.
        var lowestFirst = false
    }

    /// Those of an index newest first, then those of stand-ins; those of direct references in the order of the references.
    let versions: [Version]
    /// What conda packages have of the project, the dearest first.
    let standIns: [StandIn]
    /// The references that the candidates come from, in their order; `nil` for candidates of an index.
    let references: [ReferenceIdentity]?
    /// Positions in `versions`, most preferred first.
    private let order: [Int32]
    private let stretches: [Stretch]

    /// Candidates whose versions only fall, or only rise.
    private struct Stretch: Sendable {
        var candidates: Range<Int>
        var rises = false
    }

    /// - Parameters:
    ///   - versions: newest first.
    ///   - ranks: for each version a number; lower ones come first, before anything else but preferred versions.
    ///   - standIns: what conda packages have of the project, the dearest first and the doubtful ones last.
    ///   - standInsFirst: whether these come before the versions, and not after them; doubtful ones are always behind.
    init(
        versions: [Version], ranks: [Int]? = nil, policy: Policy = .init(), standIns: [StandIn] = [],
        standInsFirst: Bool = false
    ) {
        self.versions = standIns.isEmpty ? versions : versions + standIns.map(\.version)
        self.standIns = standIns
        references = nil
        var order: [Int32] = []
        order.reserveCapacity(self.versions.count)
        var stretches: [Stretch] = []
        let early = standInsFirst ? standIns.firstIndex(where: \.isDoubtful) ?? standIns.count : 0
        Self.add(standIns, 0..<early, behind: versions.count, to: &order, &stretches)
        for version in policy.preferred {
            guard let position = versions.firstIndex(of: version), !order.contains(Int32(position)) else { continue }
            stretches.append(Stretch(candidates: order.count..<order.count + 1))
            order.append(Int32(position))
        }
        let first = Set(order.lazy.filter { Int($0) < versions.count })
        for rank in ranks.map({ Set($0).sorted() }) ?? [0] {
            for wantsPrereleases in policy.mixesPrereleases ? [false] : [false, true] {
                let start = order.count
                for (position, version) in versions.enumerated()
                where policy.mixesPrereleases || version.isPrerelease == wantsPrereleases {
                    if let ranks, ranks[position] != rank { continue }
                    if first.isEmpty || !first.contains(Int32(position)) { order.append(Int32(position)) }
                }
                if policy.lowestFirst { order[start...].reverse() }
                stretches.append(Stretch(candidates: start..<order.count, rises: policy.lowestFirst))
            }
        }
        Self.add(standIns, early..<standIns.count, behind: versions.count, to: &order, &stretches)
        self.order = order
        self.stretches = stretches
    }

    /// Adds stand-ins in their order, in stretches whose versions fall.
    private static func add(
        _ standIns: [StandIn], _ places: Range<Int>, behind count: Int, to order: inout [Int32],
        _ stretches: inout [Stretch]
    ) {
        var start = places.lowerBound
        for place in places {
            order.append(Int32(count + place))
            let isEnd = place + 1 == places.upperBound || standIns[place + 1].version > standIns[place].version
            guard isEnd else { continue }
            stretches.append(Stretch(candidates: order.count - 1 - (place - start)..<order.count))
            start = place + 1
        }
    }

    /// The versions that direct references lead to, a candidate each.
    init(versions: [Version], of references: [ReferenceIdentity]) {
        self.versions = versions
        standIns = []
        self.references = references
        order = versions.indices.map(Int32.init)
        stretches = versions.indices.map { Stretch(candidates: $0..<$0 + 1) }
    }

    var count: Int { order.count }

    /// The place of a candidate in `versions`.
    func position(of candidate: Int) -> Int { Int(order[candidate]) }

    func version(of candidate: Int) -> Version { versions[position(of: candidate)] }

    /// The record that a candidate stands for; `nil` for one of an index or a direct reference.
    func standIn(of candidate: Int) -> StandIn? {
        guard !standIns.isEmpty else { return nil }
        let place = position(of: candidate) - (versions.count - standIns.count)
        return place < 0 ? nil : standIns[place]
    }

    /// The candidates that stand for no record.
    var ownCandidates: CandidateSet {
        CandidateSet((0..<count).filter { standIn(of: $0) == nil }, of: count)
    }

    /// The candidates, those with the newest versions first.
    var newestFirst: [Int] {
        (0..<count).sorted { left, right in
            let positions = (position(of: left), position(of: right))
            guard !standIns.isEmpty, versions[positions.0] != versions[positions.1] else { return positions.0 < positions.1 }
            return versions[positions.0] > versions[positions.1]
        }
    }

    /// The candidates that fulfil a constraint.
    func candidates(matching constraint: VersionConstraint) -> CandidateSet {
        guard let reference = constraint.reference else { return candidates(matching: constraint.specifiers) }
        return CandidateSet((references ?? []).indices.filter { references?[$0] == reference }, of: count)
    }

    /// The candidates that fulfil all clauses.
    ///
    /// - Complexity: A few comparisons for every clause, since clauses allow unbroken stretches of versions.
    func candidates(matching specifiers: SpecifierSet) -> CandidateSet {
        var result = CandidateSet(noneOf: count)
        for stretch in stretches {
            var allowed = CandidateSet(stretch.candidates, of: count)
            for specifier in specifiers.specifiers {
                allowed.formIntersection(candidates(matching: specifier, in: stretch))
            }
            result.formUnion(allowed)
        }
        return result
    }

    private func candidates(matching specifier: Specifier, in stretch: Stretch) -> CandidateSet {
        guard let bound = specifier.version, specifier.operator != .identical else {
            let text = SpecifierSet([specifier])
            return CandidateSet(
                stretch.candidates.filter {
                    text.contains(text: version(of: $0).description, prereleases: .allowed)
                }, of: count)
        }
        let mirror = Mirror(stretch)
        let versionAt = { version(of: mirror.candidate(at: $0)) }
        var allowed = CandidateSet(noneOf: count)
        for range in Self.ranges(matching: specifier, bound, in: stretch.candidates, versionAt) {
            allowed.formUnion(mirror.candidates(at: range))
        }
        return allowed
    }

    /// The places at which a clause holds, of places whose versions fall.
    private static func ranges(
        matching specifier: Specifier, _ bound: Version, in places: Range<Int>, _ version: (Int) -> Version
    ) -> [Range<Int>] {
        func contains(_ place: Int) -> Bool { specifier.contains(version(place)) }
        switch specifier.operator {
        case .atLeast, .above: return [places.lowerBound..<firstIndex(in: places) { !contains($0) }]
        case .atMost, .below: return [firstIndex(in: places, where: contains)..<places.upperBound]
        case .equal, .compatible, .identical:
            let start = firstIndex(in: places) { contains($0) || version($0) < bound }
            return [start..<firstIndex(in: start..<places.upperBound) { !contains($0) }]
        case .notEqual:
            let start = firstIndex(in: places) { !contains($0) || version($0) < bound }
            let end = firstIndex(in: start..<places.upperBound, where: contains)
            return [places.lowerBound..<start, end..<places.upperBound]
        }
    }

    /// Where a condition that stays true once it is true becomes true.
    private static func firstIndex(in range: Range<Int>, where isTrue: (Int) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if isTrue(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The candidates of a stretch in the order of falling versions.
    private struct Mirror {
        private let stretch: Stretch

        init(_ stretch: Stretch) { self.stretch = stretch }

        func candidate(at place: Int) -> Int {
            stretch.rises ? stretch.candidates.lowerBound + stretch.candidates.upperBound - 1 - place : place
        }

        func candidates(at places: Range<Int>) -> Range<Int> {
            guard stretch.rises, !places.isEmpty else { return places }
            return candidate(at: places.upperBound - 1)..<candidate(at: places.lowerBound) + 1
        }
    }
}
