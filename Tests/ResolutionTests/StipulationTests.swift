import Digests
import Lockfiles
import PythonPackaging
import Resolution
import Synchronization
import Testing

/// What a person lays down beside requirements: constraints, overrides, hashes, policies, dates.
@Suite("Constraints, overrides and policies")
struct StipulationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let index: String
        let asked: [String]
        var constraints: [String] = []
        var overrides: [String] = []
        var options: @Sendable (inout ResolutionOptions) -> Void = { _ in }
        var canBuild = false
        /// `name version`, with `(sdist)` for source distributions; `nil` where there is no answer.
        let chosen: [String]?
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        .init(
            name: "a constraint limits what a package brings in", index: "a 1: b\nb 2\nb 1", asked: ["a"],
            constraints: ["b<2", "c==7"], chosen: ["a 1", "b 1"]),
        .init(name: "a constraint brings nothing in", index: "a 1\nb 1", asked: ["a"], constraints: ["b"], chosen: ["a 1"]),
        .init(
            name: "a constraint makes another version of who asks", index: "a 2: b>=2\na 1: b\nb 2\nb 1", asked: ["a"],
            constraints: ["b<2"], chosen: ["a 1", "b 1"]),
        .init(
            name: "a constraint leaves nothing", index: "a 1: b>=2\nb 2\nb 1", asked: ["a"], constraints: ["b<2"],
            chosen: nil),
        .init(
            name: "constraints hold for extras, and their own extras say nothing",
            index: "a 1: b[x]\nb 2 (extra x): c; extra == 'x'\nb 1 (extra x, extra y): d; extra == 'x'|e; extra == 'y'\nc 1\nd 1\ne 1",
            asked: ["a"], constraints: ["b[y]<2"], chosen: ["a 1", "b 1", "d 1"]),
        .init(
            name: "a constraint for another platform does not count", index: "a 2\na 1", asked: ["a"],
            constraints: ["a<2; sys_platform == 'win32'"], chosen: ["a 2"]),
        .init(
            name: "a yanked version that a constraint pins", index: "a 2 (yanked)\na 1", asked: ["a"],
            constraints: ["a==2"], chosen: ["a 2"]),
        .init(
            name: "an override stands in the place of what packages say", index: "a 1: b>=2|c\nc 1: b>=3\nb 3\nb 2\nb 1",
            asked: ["a"], overrides: ["b==1"], chosen: ["a 1", "b 1", "c 1"]),
        .init(
            name: "an override stands in the place of what the person says", index: "b 3\nb 1", asked: ["b>=2"],
            overrides: ["b==1"], chosen: ["b 1"]),
        .init(
            name: "an override brings nothing in by itself", index: "a 1\nb 1", asked: ["a"], overrides: ["b==1"],
            chosen: ["a 1"]),
        .init(
            name: "an override takes the extras away", index: "a 1: b[x]\nb 1 (extra x): c; extra == 'x'\nc 1", asked: ["a"],
            overrides: ["b"], chosen: ["a 1", "b 1"]),
        .init(
            name: "an override has markers of its own", index: "a 1: b; sys_platform == 'win32'|c\nb 1\nc 1", asked: ["a"],
            overrides: ["b==1", "c; sys_platform == 'win32'"], chosen: ["a 1", "b 1"]),
        .init(
            name: "an override keeps to the extra that asks",
            index: "a 1 (extra e): b>=2; extra == 'e' and sys_platform == 'win32'\nb 1", asked: ["a"], overrides: ["b==1"],
            chosen: ["a 1"]),
        .init(
            name: "an override in the place of an extra's requirement",
            index: "a 1 (extra e): b>=2; extra == 'e' and sys_platform == 'win32'\nb 1", asked: ["a[e]"],
            overrides: ["b==1"], chosen: ["a 1", "b 1"]),
        .init(
            name: "the lowest versions", index: "a 2: b>1\na 1: b>1\nb 3\nb 2\nb 1\nb 1.5rc1", asked: ["a"],
            options: { $0.strategy = .lowest }, chosen: ["a 1", "b 2"]),
        .init(
            name: "the lowest of what is asked for by name", index: "a 2: b\na 1: b\nb 3\nb 2", asked: ["a"],
            options: { $0.strategy = .lowestDirect }, chosen: ["a 1", "b 3"]),
        .init(
            name: "lowest versions with every kind of clause",
            index: "a 1.0\na 1.1\na 1.2\na 1.3\na 2.0", asked: ["a!=1.0,>=1.0,~=1.1,<2,!=1.1.*"],
            options: { $0.strategy = .lowest }, chosen: ["a 1.2"]),
        .init(
            name: "pre-releases like other versions", index: "a 2.0rc1\na 1.0", asked: ["a"],
            options: { $0.prereleases = .allow }, chosen: ["a 2.0rc1"]),
        .init(
            name: "no pre-releases, even where they are named", index: "a 2.0rc1", asked: ["a>=2.0rc1"],
            options: { $0.prereleases = .never }, chosen: nil),
        .init(
            name: "pre-releases only of what names one", index: "a 2.0rc1\nb 2.0rc1: a", asked: ["a>=1.0rc1", "b>=1.0rc1"],
            options: { $0.prereleases = .explicit }, chosen: ["a 2.0rc1", "b 2.0rc1"]),
        .init(
            name: "no pre-releases of what names none", index: "a 2.0rc1", asked: ["a"],
            options: { $0.prereleases = .explicit }, chosen: nil),
        .init(
            name: "a pre-release that is named, beside a stable version", index: "a 2.0rc1\na 1.0", asked: ["a>=0.5rc1"],
            options: { $0.prereleases = .ifNecessaryOrExplicit }, chosen: ["a 1.0"]),
        .init(
            name: "nothing newer than a date",
            index: "a 3 (uploaded 2024-03-01)\na 2 (uploaded 2024-02-01)\na 1 (uploaded 2024-01-01)",
            asked: ["a"], options: { $0.excludeNewer = UTCTime(parsing: "2024-02-01T00:00:01Z") }, chosen: ["a 2"]),
        .init(
            name: "files without a time are taken for new", index: "a 2\na 1 (uploaded 2024-01-01)", asked: ["a"],
            options: { $0.excludeNewer = UTCTime(parsing: "2024-02-01T00:00:00Z") }, chosen: ["a 1"]),
        .init(
            name: "a source distribution where no wheel fits", index: "a 2 (sdist, wheel cp312-cp312-win_amd64): b\na 1\nb 1",
            asked: ["a"], canBuild: true, chosen: ["a 2 (sdist)", "b 1"]),
        .init(
            name: "a wheel before the source distribution of its version", index: "a 2 (sdist)", asked: ["a"], canBuild: true,
            chosen: ["a 2"]),
        .init(
            name: "only-binary", index: "a 2 (sdist only)\na 1", asked: ["a"], options: { $0.builds.neverBuilt = .all },
            canBuild: true, chosen: ["a 1"]),
        .init(
            name: "no-binary", index: "a 2\na 1 (sdist)\nb 1 (sdist)", asked: ["a", "b"],
            options: { $0.builds.alwaysBuilt = .these(Set([try? PackageName(parsing: "a")].compactMap(\.self))) }, canBuild: true,
            chosen: ["a 1 (sdist)", "b 1"]),
        .init(
            name: "Requires-Python of a source distribution", index: "a 2 (sdist only, python >=3.13)\na 1 (sdist only)",
            asked: ["a"], canBuild: true, chosen: ["a 1 (sdist)"]),
    ]

    @Test("choices, in whatever order things arrive", arguments: cases)
    func choice(_ row: Case) async throws {
        var options = ResolutionOptions()
        row.options(&options)
        let request = ResolutionRequest(
            try row.asked.map { try RootRequirement(parsing: $0) },
            constraints: try row.constraints.map { try RootRequirement(parsing: $0) },
            overrides: try row.overrides.map { try RootRequirement(parsing: $0) })
        for shuffle in 0...3 {
            let source = try TableSource(row.index, canBuild: row.canBuild, shuffle: shuffle)
            let resolver = Resolver(source: source, target: try .linux(), options: options)
            switch await resolver.outcome(for: request) {
            case .success(let packages): #expect(packages.map(\.words) == row.chosen)
            case .failure(.noSolution(let conflict)): #expect(row.chosen == nil, "\(conflict.sentences)")
            case .failure(let error): Issue.record(error)
            }
        }
    }

    @Test("constraints cost no requests unless something brings their package in")
    func requests() async throws {
        let source = try TableSource("a 1\nb 1\nc 1")
        let request = ResolutionRequest(
            [try RootRequirement(parsing: "a")],
            constraints: try ["b<2", "c<3"].map { try RootRequirement(parsing: $0) })
        _ = try await Resolver(source: source, target: try .linux()).packages(for: request)
        #expect(source.requests.withLock { $0.sorted() } == ["metadata a 1", "page a"])
    }

    @Test("what a source distribution needs is read in a wheel for another target, unless that is for Python 2")
    func descriptions() async throws {
        let source = try TableSource(
            "a 2 (sdist, wheel cp312-cp312-win_amd64): b\nb 1 (sdist, wheel py2-none-any)", canBuild: true)
        let resolver = Resolver(source: source, target: try .linux())
        let packages = try await resolver.packages(for: ResolutionRequest([try RootRequirement(parsing: "a")]))
        #expect(packages.map(\.words) == ["a 2 (sdist)", "b 1 (sdist)"])
        #expect(source.requests.withLock { $0.sorted() } == ["build b 1", "metadata a 2", "page a", "page b"])
    }

    @Test("only files with a hash that the person named")
    func hashes() async throws {
        let source = try TableSource("a 3\na 2 (sdist)\na 1: b\nb 1", canBuild: true)
        var asked = try RootRequirement(parsing: "a")
        asked.hashes = [SHA256Digest(hashing: "a-1-py3-none-any.whl")]
        let packages = try await Resolver(source: source, target: try .linux()).packages(for: [asked])
        #expect(packages.map(\.words) == ["a 1", "b 1"])
        asked.hashes.insert(SHA256Digest(hashing: "a-2.tar.gz"))
        let built = try await Resolver(source: source, target: try .linux()).packages(for: [asked])
        #expect(built.map(\.words) == ["a 2 (sdist)"])
    }

    @Test("hashes that an index does not tell are found out for what is chosen")
    func findingHashes() async throws {
        let source = try TableSource("a 2 (undigested): b\na 1 (undigested)\nb 1", canHash: true)
        let packages = try await Resolver(source: source, target: try .linux())
            .packages(for: [try RootRequirement(parsing: "a")])
        #expect(packages.map(\.words) == ["a 2", "b 1"])
        #expect(packages.first?.offered?.file.sha256 == SHA256Digest(hashing: "a-2-py3-none-any.whl"))
        #expect(source.requests.withLock { $0.filter { $0.hasPrefix("hash") } } == ["hash a-2-py3-none-any.whl"])
    }

    @Test("versions of an earlier index come first where the strategy says so")
    func ranks() async throws {
        struct Ranked: PackageMetadataSource {
            let table: TableSource
            var indexDescriptions: [String] { table.indexDescriptions }
            func listing(of project: PackageName) async throws -> (any VersionListing)? {
                try await table.listing(of: project).map { Listing(inner: $0) }
            }
            func coreMetadata(of file: IndexFile) async throws -> CoreMetadata { try await table.coreMetadata(of: file) }
        }
        struct Listing: VersionListing {
            let inner: any VersionListing
            var versions: [Version] { inner.versions }
            var indexRanks: [Int]? { versions.map { $0.major == 2 ? 0 : 1 } }
            func files(at position: Int) -> [OfferedFile] { inner.files(at: position) }
        }
        let source = Ranked(table: try TableSource("a 3\na 2.1\na 2.0\na 1"))
        for (asked, strategy, chosen) in [
            ("a", ResolutionOptions.Strategy.highest, "a 2.1"), ("a", .lowest, "a 2.0"), ("a!=2.*", .highest, "a 3"),
            ("a<2.1,!=2.0", .highest, "a 1"),
        ] {
            var options = ResolutionOptions()
            options.strategy = strategy
            let packages = try await Resolver(source: source, target: try .linux(), options: options)
                .packages(for: [try RootRequirement(parsing: asked)])
            #expect(packages.map(\.words) == [chosen])
        }
    }

    @Test("source distributions are asked for their metadata only when the solver comes to them")
    func builds() async throws {
        // The newest b would be looked at ahead, were it a wheel; a keeps it away.
        let source = try TableSource("a 1: b<2\nb 2 (sdist only)\nb 1 (sdist only)", canBuild: true)
        let asked = try ["b", "a"].map { try RootRequirement(parsing: $0) }
        let packages = try await Resolver(source: source, target: try .linux()).packages(for: [asked[1], asked[0]])
        #expect(packages.map(\.words) == ["a 1", "b 1 (sdist)"])
        #expect(source.requests.withLock { $0.filter { $0.hasPrefix("build") } } == ["build b 1"])
    }

    @Test("a build that fails is not passed over")
    func failingBuild() async throws {
        let source = try TableSource("a 2 (sdist only)\na 1", canBuild: true, unreachable: ["build a 2"])
        let outcome = await Resolver(source: source, target: try .linux()).outcome(for: [try RootRequirement(parsing: "a")])
        guard case .failure(.source(let error)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(error is TableSource.Unreachable)
    }
}

extension ResolvedPackage {
    /// `a 1`, `a 1 (sdist)`, `a 1 (direct)`.
    var words: String {
        switch source {
        case .wheel: "\(name) \(version)"
        case .sdist: "\(name) \(version) (sdist)"
        case .direct: "\(name) \(version) (direct)"
        }
    }
}

extension Resolver {
    func outcome(for request: ResolutionRequest) async -> Result<[ResolvedPackage], ResolutionError> {
        do throws(ResolutionError) {
            return .success(try await packages(for: request))
        } catch {
            return .failure(error)
        }
    }
}
