internal import PubGrub
internal import PythonPackaging

/// Names sets of candidates by the versions that exist.
struct VersionSetWords: Sendable {
    /// The subject of a sentence.
    struct Phrase: Sendable {
        let text: String
        let isPlural: Bool
        /// Whether nothing of the package is left out.
        var isEverything = false
    }

    let names: PackageNames
    private let scene: ConflictScene

    init(_ scene: ConflictScene, _ names: PackageNames) {
        self.scene = scene
        self.names = names
    }

    func name(_ key: PackageKey) -> String { names.text(key) }

    /// `all versions of a`, `a 1.2`, `a 1.2 and newer`, `a 1.0, 1.2 to 1.4 and 2.0`, `conda's a 1.2 (build py39_0)`.
    ///
    /// - Parameter gaps: versions that may be taken for members where the text gets shorter then; it says so.
    func phrase(
        _ key: PackageKey, _ set: CandidateSet, conjunction: String = "and", gaps: CandidateSet? = nil
    ) -> Phrase {
        let exact = phrase(key, exactly: set, conjunction)
        guard let gaps, gaps.candidateCount == set.candidateCount, !gaps.isSubset(of: set) else { return exact }
        let filled = phrase(key, exactly: filling(set, with: gaps, key), conjunction)
        guard filled.text.count + 8 < exact.text.count else { return exact }
        return Phrase(text: "\(filled.text), where usable,", isPlural: filled.isPlural)
    }

    /// The set with those gaps that have members on both sides, or beyond which there is nothing.
    private func filling(_ set: CandidateSet, with gaps: CandidateSet, _ key: PackageKey) -> CandidateSet {
        guard let versions = scene.versions(of: key) else { return set }
        let members = set.union(gaps)
        func place(_ candidate: Int) -> Int { versions.members[candidate]?.place ?? 0 }
        let places = set.candidates.map(place)
        guard let newest = places.min(), let oldest = places.max() else { return set }
        let isOpenAbove = versions.members.allSatisfy { $0.value.place >= newest || members.contains($0.key) }
        let isOpenBelow = versions.members.allSatisfy { $0.value.place <= oldest || members.contains($0.key) }
        let range = (isOpenAbove ? 0 : newest)...(isOpenBelow ? versions.texts.count : oldest)
        return CandidateSet(members.candidates.filter { range.contains(place($0)) }, of: set.candidateCount)
    }

    private func phrase(_ key: PackageKey, exactly set: CandidateSet, _ conjunction: String) -> Phrase {
        let name = name(key)
        if let condition = names.condition(key) { return phrase(condition, set) }
        guard let versions = scene.versions(of: key), !set.candidates.isEmpty else {
            return Phrase(text: name, isPlural: false)
        }
        let members = set.candidates.compactMap { versions.members[$0] }
        guard versions.isOfBothWorlds, Set(members.map(\.place)).count < versions.texts.count || set.count < versions.members.count
        else { return phrase(name, versions, set, conjunction) }
        let worlds = Set(members.map(\.world))
        if worlds.count > 1, isWhole(members, versions) { return phrase(name, versions, set, conjunction) }
        // Where only some of the candidates of a version are meant, it has to be said which ones.
        let parts = [NamedVersions.World.index, .conda].filter(worlds.contains).map { world in
            phrase(names.text(key, of: world), versions.only(world), set, conjunction)
        }
        return Phrase(
            text: parts.map(\.text).listed(conjunction), isPlural: parts.count > 1 || parts.first?.isPlural == true)
    }

    /// Whether all candidates of the versions are among the members.
    private func isWhole(_ members: [NamedVersions.Member], _ versions: NamedVersions) -> Bool {
        let places = Set(members.map(\.place))
        return members.count == versions.members.values.filter { places.contains($0.place) }.count
    }

    private func phrase(_ name: String, _ versions: NamedVersions, _ set: CandidateSet, _ conjunction: String) -> Phrase {
        let found = versions.members.filter { set.contains($0.key) }
        let members = Set(found.values.map(\.place))
        guard !members.isEmpty else { return Phrase(text: name, isPlural: false) }
        if found.count == versions.members.count {
            guard versions.texts.count > 1 else {
                return Phrase(text: "\(name) \(versions.texts[0])", isPlural: false, isEverything: true)
            }
            let text = conjunction == "or" ? "any version of \(name)" : "all versions of \(name)"
            return Phrase(text: text, isPlural: true, isEverything: true)
        }
        let builds = builds(found, versions, members)
        let hasPrereleases = members.contains { versions.arePrereleases[$0] }
        let universe = versions.texts.indices.filter { hasPrereleases || !versions.arePrereleases[$0] }
        if members.count == universe.count, members.count > 1, builds.isEmpty {
            let text = conjunction == "or" ? "any stable version of \(name)" : "all stable versions of \(name)"
            return Phrase(text: text, isPlural: true)
        }
        let stretches = Self.stretches(of: members, in: universe)
        let texts = stretches.reversed().map { text($0, in: universe, versions, conjunction) }
        return Phrase(text: "\(name) \(texts.listed(conjunction))\(builds)", isPlural: members.count > 1)
    }

    /// The builds of a set that has only some of the records of its versions.
    private func builds(
        _ found: [Int: NamedVersions.Member], _ versions: NamedVersions, _ places: Set<Int>
    ) -> String {
        let all = versions.members.values.filter { places.contains($0.place) }
        guard found.count < all.count else { return "" }
        let builds = TagWords.sorted(Set(found.values.map(\.build)))
        guard builds != TagWords.sorted(Set(all.map(\.build))), builds.count <= 3 else { return " (some builds)" }
        return " (build\(builds.count > 1 ? "s" : "") \(builds.listed("and")))"
    }

    private func phrase(_ condition: CondaCondition, _ set: CandidateSet) -> Phrase {
        let isMet = set.contains(condition.missingWays)
        let isMissed = set.candidates.contains { $0 < condition.missingWays }
        let text = isMet && isMissed ? condition.text : isMet ? condition.wish : "something else than \(condition.text)"
        return Phrase(text: text, isPlural: false)
    }

    /// The versions that there are, for saying that none of them will do.
    func inventory(of key: PackageKey) -> String {
        let name = name(key)
        guard let texts = scene.versions(of: key)?.texts, let newest = texts.first, let oldest = texts.last else {
            return "there is no version of \(name) at all"
        }
        if texts.count == 1 { return "\(name) has only \(newest)" }
        if texts.count <= 4 { return "\(name) has only \(texts.reversed().listed("and"))" }
        return "\(name) has \(oldest) to \(newest)"
    }

    /// Unbroken stretches of `universe`, newest first, as ranges of places in it.
    private static func stretches(of members: Set<Int>, in universe: [Int]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        for (place, position) in universe.enumerated() where members.contains(position) {
            if let last = result.last, last.upperBound == place - 1 {
                result[result.count - 1] = last.lowerBound...place
            } else {
                result.append(place...place)
            }
        }
        return result
    }

    private func text(
        _ stretch: ClosedRange<Int>, in universe: [Int], _ versions: NamedVersions, _ conjunction: String
    ) -> String {
        let newest = versions.texts[universe[stretch.lowerBound]]
        let oldest = versions.texts[universe[stretch.upperBound]]
        if stretch.count == 1 { return newest }
        if stretch.lowerBound == 0, stretch.upperBound < universe.count - 1 { return "\(oldest) \(conjunction) newer" }
        if stretch.upperBound == universe.count - 1, stretch.lowerBound > 0 { return "\(newest) \(conjunction) older" }
        if stretch.count == 2 { return "\(oldest) \(conjunction) \(newest)" }
        return "\(oldest) to \(newest)"
    }
}

extension CandidateSet.Candidates {
    var isEmpty: Bool {
        var copy = self
        return copy.next() == nil
    }
}
