internal import CondaSolving
internal import PythonPackaging

/// The versions that there are of a package, in the words in which they are named, and which candidates have them.
struct NamedVersions: Sendable {
    /// Which world a candidate comes from.
    enum World: Sendable, Hashable { case index, conda }

    /// A candidate as far as words look at it.
    struct Member: Sendable {
        /// The place of its version in `texts`.
        let place: Int
        var world = World.index
        /// Tells records of one version apart; empty for what has only one candidate of a version.
        var build = ""
    }

    /// Newest first.
    let texts: [String]
    let arePrereleases: [Bool]
    /// By the number of the candidate.
    let members: [Int: Member]

    /// The versions of a project, and those of conda records that stand for it.
    init(_ table: CandidateTable) {
        guard !table.standIns.isEmpty else {
            texts = table.versions.map(\.description)
            arePrereleases = table.versions.map(\.isPrerelease)
            members = Dictionary(uniqueKeysWithValues: (0..<table.count).map { ($0, Member(place: table.position(of: $0))) })
            return
        }
        var versions: [Version] = []
        for version in table.versions.sorted(by: >) where versions.last != version { versions.append(version) }
        texts = versions.map(\.description)
        arePrereleases = versions.map(\.isPrerelease)
        let places = Dictionary(versions.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        members = Dictionary(uniqueKeysWithValues: (0..<table.count).map { candidate in
            let world = table.standIn(of: candidate) == nil ? World.index : .conda
            return (candidate, Member(place: places[table.version(of: candidate)] ?? 0, world: world))
        })
    }

    /// The versions of a conda package.
    init(_ candidates: [CondaCandidate]) {
        let order = candidates.indices.sorted { candidates[$0].version > candidates[$1].version }
        var texts: [String] = []
        var members: [Int: Member] = [:]
        var last: Int?
        for candidate in order {
            if last.map({ candidates[$0].version != candidates[candidate].version }) ?? true {
                texts.append("\(candidates[candidate].version)")
            }
            last = candidate
            members[candidate] = Member(place: texts.count - 1, world: .conda, build: candidates[candidate].build)
        }
        self.texts = texts
        arePrereleases = texts.map { _ in false }
        self.members = members
    }

    private init(texts: [String], arePrereleases: [Bool], members: [Int: Member]) {
        self.texts = texts
        self.arePrereleases = arePrereleases
        self.members = members
    }

    var isEmpty: Bool { members.isEmpty }

    /// The candidates, newest first: stretches of them are easily named.
    var newestFirst: [Int] {
        members.sorted { left, right in
            left.value.place != right.value.place ? left.value.place < right.value.place : left.key < right.key
        }.map(\.key)
    }

    /// Whether candidates of both worlds are among them.
    var isOfBothWorlds: Bool { Set(members.values.map(\.world)).count > 1 }

    /// Those of one world, with the versions that it has.
    func only(_ world: World) -> NamedVersions {
        let kept = members.filter { $0.value.world == world }
        let places = Set(kept.values.map(\.place)).sorted()
        let renumbered = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
        return NamedVersions(
            texts: places.map { texts[$0] }, arePrereleases: places.map { arePrereleases[$0] },
            members: kept.mapValues { Member(place: renumbered[$0.place] ?? 0, world: $0.world, build: $0.build) })
    }
}
