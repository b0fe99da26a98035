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

    let tables: [PackageName: CandidateTable]

    static func name(_ key: PackageKey) -> String {
        switch key {
        case .root: "your requirements"
        case .project(let name): name.description
        case .extra(let name, let extra): "\(name)[\(extra)]"
        case .conda: "a conda package"
        }
    }

    /// `all versions of a`, `a 1.2`, `a 1.2 and newer`, `a 1.0, 1.2 to 1.4 and 2.0`.
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
        guard let table = key.project.flatMap({ tables[$0] }) else { return set }
        let members = set.union(gaps)
        let places = set.candidates.map(table.position(of:))
        guard let newest = places.min(), let oldest = places.max() else { return set }
        let isOpenAbove = (0..<table.count).allSatisfy { candidate in
            table.position(of: candidate) >= newest || members.contains(candidate)
        }
        let isOpenBelow = (0..<table.count).allSatisfy { candidate in
            table.position(of: candidate) <= oldest || members.contains(candidate)
        }
        let range = (isOpenAbove ? 0 : newest)...(isOpenBelow ? table.count : oldest)
        return CandidateSet(members.candidates.filter { range.contains(table.position(of: $0)) }, of: table.count)
    }

    private func phrase(_ key: PackageKey, exactly set: CandidateSet, _ conjunction: String) -> Phrase {
        let name = Self.name(key)
        guard let table = key.project.flatMap({ tables[$0] }), !set.candidates.isEmpty else {
            return Phrase(text: name, isPlural: false)
        }
        if set.count == table.count {
            guard table.count > 1 else {
                return Phrase(text: "\(name) \(table.version(of: 0))", isPlural: false, isEverything: true)
            }
            let text = conjunction == "or" ? "any version of \(name)" : "all versions of \(name)"
            return Phrase(text: text, isPlural: true, isEverything: true)
        }
        let members = Set(set.candidates.map(table.position(of:)))
        let hasPrereleases = members.contains { table.versions[$0].isPrerelease }
        let universe = table.versions.indices.filter { hasPrereleases || !table.versions[$0].isPrerelease }
        if members.count == universe.count, members.count > 1 {
            let text = conjunction == "or" ? "any stable version of \(name)" : "all stable versions of \(name)"
            return Phrase(text: text, isPlural: true)
        }
        let stretches = Self.stretches(of: members, in: universe)
        let texts = stretches.reversed().map { text($0, in: universe, table, conjunction) }
        return Phrase(text: "\(name) \(texts.listed(conjunction))", isPlural: members.count > 1)
    }

    /// The versions that there are, for saying that none of them will do.
    func inventory(of project: PackageName) -> String {
        guard let table = tables[project], let newest = table.versions.first, let oldest = table.versions.last else {
            return "there is no version of \(project) at all"
        }
        if table.count == 1 { return "\(project) has only \(newest)" }
        if table.count <= 4 {
            return "\(project) has only \(table.versions.reversed().map(\.description).listed("and"))"
        }
        return "\(project) has \(oldest) to \(newest)"
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
        _ stretch: ClosedRange<Int>, in universe: [Int], _ table: CandidateTable, _ conjunction: String
    ) -> String {
        let newest = table.versions[universe[stretch.lowerBound]]
        let oldest = table.versions[universe[stretch.upperBound]]
        if stretch.count == 1 { return "\(newest)" }
        if stretch.lowerBound == 0 { return "\(oldest) \(conjunction) newer" }
        if stretch.upperBound == universe.count - 1 { return "\(newest) \(conjunction) older" }
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
