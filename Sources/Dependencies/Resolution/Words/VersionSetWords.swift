internal import PubGrub
internal import PythonPackaging

/// Names sets of candidates by the versions that exist.
struct VersionSetWords: Sendable {
    /// The subject of a sentence.
    struct Phrase: Sendable {
        let text: String
        let isPlural: Bool
    }

    let tables: [PackageName: CandidateTable]

    static func name(_ key: PackageKey) -> String {
        switch key {
        case .root: "your requirements"
        case .project(let name): name.description
        case .extra(let name, let extra): "\(name)[\(extra)]"
        }
    }

    /// `all versions of a`, `a 1.2`, `a 1.2 and newer`, `a 1.0, 1.2 to 1.4 and 2.0`.
    func phrase(_ key: PackageKey, _ set: CandidateSet, conjunction: String = "and") -> Phrase {
        let name = Self.name(key)
        guard let table = key.project.flatMap({ tables[$0] }), !set.candidates.isEmpty else {
            return Phrase(text: name, isPlural: false)
        }
        if set.count == table.count {
            guard table.count > 1 else { return Phrase(text: "\(name) \(table.version(of: 0))", isPlural: false) }
            return Phrase(text: conjunction == "or" ? "any version of \(name)" : "all versions of \(name)", isPlural: true)
        }
        let members = Set(set.candidates.map(table.position(of:)))
        let hasPrereleases = members.contains { table.versions[$0].isPrerelease }
        let universe = table.versions.indices.filter { hasPrereleases || !table.versions[$0].isPrerelease }
        if members.count == universe.count {
            return Phrase(text: "all stable versions of \(name)", isPlural: true)
        }
        let stretches = Self.stretches(of: members, in: universe)
        let texts = stretches.reversed().map { text($0, in: universe, table, conjunction) }
        let isSingle = members.count == 1
        return Phrase(text: "\(name) \(Self.list(texts, conjunction))", isPlural: !isSingle)
    }

    /// The versions that there are, for saying that none of them will do.
    func inventory(of project: PackageName) -> String {
        guard let table = tables[project], let newest = table.versions.first, let oldest = table.versions.last else {
            return "\(project) has no versions"
        }
        if table.count == 1 { return "\(project) has only \(newest)" }
        if table.count <= 4 {
            return "\(project) has only \(Self.list(table.versions.reversed().map(\.description), "and"))"
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
        return "\(oldest) to \(newest)"
    }

    /// `a`, `a and b`, `a, b and c`; long lists are cut.
    static func list(_ items: [String], _ conjunction: String, limit: Int = 5) -> String {
        guard items.count > 1 else { return items.first ?? "" }
        guard items.count <= limit else {
            return items.prefix(limit - 1).joined(separator: ", ")
                + " \(conjunction) \(items.count - limit + 1) more"
        }
        return items.dropLast().joined(separator: ", ") + " \(conjunction) \(items[items.count - 1])"
    }
}

extension CandidateSet.Candidates {
    var isEmpty: Bool {
        var copy = self
        return copy.next() == nil
    }
}
