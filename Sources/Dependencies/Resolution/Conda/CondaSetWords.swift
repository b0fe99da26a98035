import CondaPackaging
import CondaSolving
internal import PubGrub

/// Names sets of conda records by their versions, and by their builds where versions do not tell.
struct CondaSetWords: Sendable {
    struct Phrase: Sendable {
        let text: String
        let isPlural: Bool
        var isEverything = false
    }

    let book: CondaBook

    func name(_ key: CondaKey) -> String {
        guard case .package(let package) = key else { return "what is asked for" }
        return switch book.kind(of: package) {
        case .package(let name): name.description
        case .extra(let name, let extra): "\(name)[\(extra)]"
        case .branch: "a condition"
        }
    }

    /// Versions of a package with the places of their records, the newest version first.
    private func versions(_ key: CondaKey) -> [(version: CondaVersion, places: [Int])] {
        guard case .package(let package) = key else { return [] }
        let places = Dictionary(grouping: book.candidates(of: package).enumerated().map { $0 }) { $0.element.version }
        return places.map { ($0.key, $0.value.map(\.offset)) }.sorted { $0.version > $1.version }
    }

    /// The places of a package's records, the newest first: stretches of them are easily named.
    func newestFirst(_ key: CondaKey) -> [Int]? {
        let places = versions(key).flatMap(\.places)
        return places.isEmpty ? nil : places
    }

    /// `all versions of a`, `a 1.2 and newer`, `a 1.0 and 1.2 (build py39_0)`.
    func phrase(_ key: CondaKey, _ set: CandidateSet, conjunction: String = "and") -> Phrase {
        let name = name(key)
        let all = versions(key)
        guard !all.isEmpty, !set.candidates.isEmpty else { return Phrase(text: name, isPlural: false) }
        let members = all.indices.filter { place in all[place].places.contains { set.contains($0) } }
        let isWhole = members.allSatisfy { place in all[place].places.allSatisfy { set.contains($0) } }
        guard let first = members.first, let last = members.last else { return Phrase(text: name, isPlural: false) }
        if isWhole, members.count == all.count {
            if all.count == 1 { return Phrase(text: "\(name) \(all[0].version)", isPlural: false, isEverything: true) }
            return Phrase(text: "all versions of \(name)", isPlural: true, isEverything: true)
        }
        let builds = isWhole ? "" : self.builds(key, set)
        if members.count == 1 { return Phrase(text: "\(name) \(all[first].version)\(builds)", isPlural: false) }
        if last - first + 1 == members.count {
            if first == 0, last < all.count - 1 { return Phrase(text: "\(name) \(all[last].version) and newer\(builds)", isPlural: true) }
            if last == all.count - 1, first > 0 { return Phrase(text: "\(name) \(all[first].version) and older\(builds)", isPlural: true) }
            if members.count > 2 {
                return Phrase(text: "\(name) \(all[last].version) to \(all[first].version)\(builds)", isPlural: true)
            }
        }
        return Phrase(text: "\(name) \(members.map { "\(all[$0].version)" }.listed(conjunction))\(builds)", isPlural: true)
    }

    /// The builds of a set that is only a part of the records of its versions.
    private func builds(_ key: CondaKey, _ set: CandidateSet) -> String {
        guard case .package(let package) = key else { return "" }
        let candidates = book.candidates(of: package)
        let builds = set.candidates.map { candidates[$0].build }.unique
        guard builds.count <= 3 else { return " (some builds)" }
        return " (build\(builds.count > 1 ? "s" : "") \(builds.listed("and")))"
    }

    /// What there is of a package: `1.0 to 2.3`.
    func inventory(_ key: CondaKey) -> String {
        let all = versions(key)
        guard let newest = all.first, let oldest = all.last else { return "none" }
        return all.count == 1 ? "only \(newest.version)" : "\(oldest.version) to \(newest.version)"
    }
}
