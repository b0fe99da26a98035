import PubGrub

/// A small world of packages with whole numbers as versions, written as lines of text:
///
///     root: a >=2, b
///     a 3: b ==1, ?c <2      (? restricts c without asking for it)
///     a 2: broken            (cannot be used)
///     a[x] 3 = a: c          (follows a)
struct Universe: Sendable {
    struct Range: Hashable, Sendable, CustomStringConvertible {
        var text: String
        var description: String { text }

        func contains(_ version: Int) -> Bool {
            if text.isEmpty { return true }
            let (operation, digits) = (text.prefix { !$0.isNumber }, text.drop { !$0.isNumber })
            guard let number = Int(digits) else { return false }
            switch operation {
            case "==": return version == number
            case "!=": return version != number
            case ">=": return version >= number
            case "<=": return version <= number
            case ">": return version > number
            case "<": return version < number
            default: return false
            }
        }
    }

    struct Want: Sendable {
        var package: String
        var range: Range
        var isRequired = true
    }

    struct Release: Sendable {
        var version: Int
        var wants: [Want] = []
        var isBroken = false
    }

    var root: [Want] = []
    /// What the root says of packages wherever they are brought in; told along with their candidates.
    var limits: [Want] = []
    /// Newest first.
    var releases: [String: [Release]] = [:]
    var bases: [String: String] = [:]

    init() {}

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            let head = parts[0].split(separator: " ").map(String.init)
            let wants = parts.count > 1 ? parts[1].split(separator: ",").compactMap(Self.want) : []
            if head[0] == "root" {
                root = wants
                continue
            }
            if head.count == 4 { bases[head[0]] = head[3] }
            let isBroken = wants.first?.package == "broken"
            guard head.count > 1, let version = Int(head[1]) else {
                releases[head[0], default: []] += []
                continue
            }
            releases[head[0], default: []].append(
                Release(version: version, wants: isBroken ? [] : wants, isBroken: isBroken))
        }
        for name in releases.keys { releases[name]?.sort { $0.version > $1.version } }
    }

    private static func want(_ text: Substring) -> Want? {
        let words = text.split(separator: " ").map(String.init)
        guard var name = words.first else { return nil }
        let isRequired = !name.hasPrefix("?")
        if !isRequired { name.removeFirst() }
        return Want(package: name, range: Range(text: words.count > 1 ? words[1] : ""), isRequired: isRequired)
    }

    func list(_ package: String) -> [Release] {
        if package == "root" { return [Release(version: 1, wants: root + limits)] }
        return releases[package] ?? []
    }

    func versions(of package: String) -> [Int] { list(bases[package] ?? package).map(\.version) }

    /// What a candidate asks for; a follower may lack a line for a version of its base.
    func release(_ package: String, _ candidate: Int) -> Release {
        let version = versions(of: package)[candidate]
        return list(package).first { $0.version == version } ?? Release(version: version)
    }

    func matching(_ package: String, _ range: Range) -> CandidateSet {
        let versions = versions(of: package)
        return CandidateSet(versions.indices.filter { range.contains(versions[$0]) }, of: versions.count)
    }
}

typealias UniverseSolver = DependencySolver<String, Universe.Range, String>
typealias UniverseProof = Derivation<String, Universe.Range, String>

extension Universe {
    func dependencies(_ wants: [Want]) -> [Dependency<String, Range>] {
        wants.map { Dependency($0.package, $0.range, isRequired: $0.isRequired) }
    }

    func solver() -> UniverseSolver {
        UniverseSolver(root: "root", requirements: dependencies(root))
    }

    /// A solver that was told about every package that there is.
    func informedSolver() -> UniverseSolver {
        var solver = solver()
        for name in releases.keys {
            answer(.candidates(of: name), to: &solver)
            for candidate in versions(of: name).indices {
                answer(.dependencies(of: name, candidate: candidate), to: &solver)
            }
        }
        return solver
    }

    /// Answers one need.
    func answer(_ need: UniverseSolver.Need, to solver: inout UniverseSolver) {
        switch need {
        case .candidates(let package):
            if let base = bases[package] {
                solver.provide(package, following: base)
            } else {
                solver.provide(
                    candidateCount: list(package).count, of: package,
                    within: limits.filter { $0.package == package }.map(\.range))
            }
        case .dependencies(let package, let candidate):
            let release = release(package, candidate)
            if release.isBroken {
                let set = CandidateSet(CollectionOfOne(candidate), of: versions(of: package).count)
                solver.provide(unusable: set, of: package, candidate: candidate, because: "is broken")
            } else {
                solver.provide(dependencies(release.wants), of: package, candidate: candidate)
            }
        }
    }

    /// Runs a solver to its end, answering just what it asks for.
    func run(_ solver: inout UniverseSolver) -> UniverseSolver.Step {
        while true {
            let step = solver.advance(matching: matching)
            guard case .needs(let needs) = step else { return step }
            for need in needs { answer(need, to: &solver) }
        }
    }

    /// The chosen versions, or nil.
    func solution() -> [String: Int]? {
        var solver = solver()
        guard case .solved(let chosen) = run(&solver) else { return nil }
        return versions(chosen)
    }

    func versions(_ chosen: [String: Int]) -> [String: Int] {
        var result: [String: Int] = [:]
        for (package, candidate) in chosen { result[package] = versions(of: package)[candidate] }
        return result
    }

    func failure() -> UniverseProof? {
        var solver = solver()
        guard case .failed(let proof) = run(&solver) else { return nil }
        return proof
    }
}
