import PythonPackaging
import Resolution

/// A small random index with a request for it, and what can be told about them by trying everything.
struct RandomIndex {
    private(set) var releases: [PackageName: [TableSource.Release]] = [:]
    private(set) var roots: [String] = []
    private(set) var constraints: [String] = []
    private(set) var prereleases = ResolutionOptions.Prereleases.ifNecessary
    private(set) var canBuild = false

    private static let pool = ["2.0", "2.0rc1", "1.5", "1.0+local", "1.0", "0.9"]
    private static let clauses = ["", "==1.0", "==1.*", "!=2.0", ">=1.0", "<2", ">1.0", "<=1.5", "~=1.0", ">=2.0rc1", "===1.0"]

    init(seed: UInt64) throws {
        var generator = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        let names = (0..<(2 + generator.next(below: 3))).map { "p\($0)" }
        for name in names {
            let versions = Self.pool.filter { _ in generator.next(below: 2) == 0 }
            releases[try PackageName(parsing: name)] = try versions.prefix(4).map {
                try Self.release($0, names, &generator)
            }
        }
        roots = (0...generator.next(below: 2)).map { _ in Self.wish(names, &generator) }
        constraints = (0..<generator.next(below: 3)).map { _ in Self.wish(names, &generator) }
        prereleases = ResolutionOptions.Prereleases.allCases[generator.next(below: 5)]
        canBuild = generator.next(below: 2) == 0
    }

    private static func release(
        _ version: String, _ names: [String], _ generator: inout Generator
    ) throws -> TableSource.Release {
        var release = TableSource.Release(version: try Version(parsing: version))
        for _ in 0..<generator.next(below: 3) {
            let marker = ["", "", "; extra == 'x'", "; extra == 'x'", "; sys_platform == 'win32'"][generator.next(below: 5)]
            release.requires.append(wish(names, &generator) + marker)
        }
        if generator.next(below: 2) == 0 { release.extras = ["x"] }
        if generator.next(below: 8) == 0 { release.yanked = .yes(nil) }
        if generator.next(below: 8) == 0 { release.requiresPython = ">=3.13" }
        if generator.next(below: 6) == 0 { (release.hasWheel, release.hasSdist) = (false, true) }
        return release
    }

    private static func wish(_ names: [String], _ generator: inout Generator) -> String {
        let extra = generator.next(below: 3) == 0 ? "[x]" : ""
        return names[generator.next(below: names.count)] + extra + clauses[generator.next(below: clauses.count)]
    }

    func request() throws -> ResolutionRequest {
        ResolutionRequest(
            try roots.map { try RootRequirement(parsing: $0) },
            constraints: try constraints.map { try RootRequirement(parsing: $0) })
    }

    /// Fast and good enough for tests.
    private struct Generator {
        var state: UInt64

        mutating func next(below bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state >> 33) % bound
        }
    }
}

extension RandomIndex: CustomStringConvertible {
    var description: String {
        let lines = releases.sorted { $0.key < $1.key }.flatMap { name, releases in
            releases.map { release in
                "\(name) \(release.version)\(release.isYanked ? " yanked" : "")\(release.hasWheel ? "" : " sdist")"
                    + "\(release.requiresPython ?? ""): \(release.requires.joined(separator: " | "))"
            }
        }
        return "\(roots) within \(constraints), \(prereleases), builds: \(canBuild)\n" + lines.joined(separator: "\n")
    }
}

// MARK: - Trying everything

extension TableSource.Release {
    fileprivate var isYanked: Bool { yanked != .no }
}

/// Looks at every combination of versions.
struct ExhaustiveSearch {
    private let index: RandomIndex
    private let roots: [Requirement]
    private let constraints: [Requirement]
    private let environment: MarkerEnvironment
    private var usable: [PackageName: [TableSource.Release]] = [:]

    init(_ index: RandomIndex, _ environment: MarkerEnvironment) throws {
        self.index = index
        self.environment = environment
        roots = try index.roots.map { try Requirement(parsing: $0) }
        constraints = try index.constraints.map { try Requirement(parsing: $0) }
        for (name, releases) in index.releases { usable[name] = releases.filter { isUsable($0, name) } }
    }

    private func isUsable(_ release: TableSource.Release, _ name: PackageName) -> Bool {
        let clauses = (roots + constraints).filter { $0.name == name }.flatMap(\.specifiers.specifiers)
        let isPinned = clauses.contains {
            ($0.operator == .equal || $0.operator == .identical) && !$0.isPrefix && $0.version == release.version
        }
        if release.yanked != .no, !isPinned { return false }
        if release.requiresPython != nil || (!release.hasWheel && !index.canBuild) { return false }
        guard release.version.isPrerelease else { return true }
        switch index.prereleases {
        case .never: return false
        case .explicit: return clauses.contains { $0.mentionsPrerelease }
        case .ifNecessary, .ifNecessaryOrExplicit, .allow: return true
        }
    }

    var isSolvable: Bool { search(usable.keys.sorted(), [:]) }

    private func search(_ names: [PackageName], _ chosen: [PackageName: TableSource.Release]) -> Bool {
        guard let name = names.first else { return needed(of: chosen) != nil }
        let others = Array(names.dropFirst())
        if search(others, chosen) { return true }
        return (usable[name] ?? []).contains { release in
            var chosen = chosen
            chosen[name] = release
            return search(others, chosen)
        }
    }

    /// Whether versions are an answer, with nothing in it that nobody needs.
    func accepts(_ versions: [PackageName: Version]) -> Bool {
        var chosen: [PackageName: TableSource.Release] = [:]
        for (name, version) in versions {
            guard let release = usable[name]?.first(where: { "\($0.version)" == "\(version)" }) else { return false }
            chosen[name] = release
        }
        return needed(of: chosen) == Set(versions.keys)
    }

    private struct Visit: Hashable {
        let name: PackageName
        let extra: ExtraName?
    }

    /// The packages that the roots lead to; `nil` where a requirement on the way is not fulfilled.
    private func needed(of chosen: [PackageName: TableSource.Release]) -> Set<PackageName>? {
        var open = roots
        var done: Set<Visit> = []
        while let requirement = open.popLast() {
            guard let release = chosen[requirement.name],
                fulfils(release.version, requirement),
                constraints.allSatisfy({ $0.name != requirement.name || fulfils(release.version, $0) })
            else { return nil }
            for extra in [nil] + requirement.extras.map(Optional.some) {
                guard done.insert(Visit(name: requirement.name, extra: extra)).inserted else { continue }
                open += release.requires.compactMap { try? Requirement(parsing: $0) }.filter {
                    $0.applies(in: environment, extras: Set([extra].compactMap(\.self)))
                }
            }
        }
        return Set(done.map(\.name))
    }

    private func fulfils(_ version: Version, _ requirement: Requirement) -> Bool {
        requirement.specifiers.contains(text: "\(version)", prereleases: .allowed)
    }
}
