import FoundationEssentials
import PythonPackaging
import Resolution
import Synchronization
import Testing

/// The public resolver scenarios, from the folder that `PENSTOCK_FIXTURES` names (`../shared/fixtures` without it). Skipped
/// where there is none.
@Suite("Resolver scenarios")
struct PackseTests {
    static let forOneTarget = (PackseScenario.all ?? []).filter { !$0.isForSeveralTargets }
    static let forSeveralTargets = (PackseScenario.all ?? []).filter(\.isForSeveralTargets)

    @Test("scenarios for one target", .enabled(if: PackseScenario.all != nil), arguments: forOneTarget)
    func scenario(_ scenario: PackseScenario) async throws {
        let expected = try #require(scenario.expected)
        for shuffle in 0...2 {
            let source = TableSource(scenario.releases, canBuild: true, shuffle: shuffle)
            let resolver = Resolver(source: source, target: try .linux(scenario.python), options: scenario.options)
            let requirements = try scenario.requires.map { try RootRequirement(parsing: $0) }
            switch await resolver.outcome(for: requirements) {
            case .success(let packages):
                #expect(expected.satisfiable)
                #expect(PackseScenario.pins(packages) == expected.packages)
            case .failure(.noSolution(let conflict)):
                #expect(!expected.satisfiable, "\(conflict.sentences)")
                #expect(conflict.sentences.allSatisfy { $0.hasSuffix(".") && !$0.isEmpty } && !conflict.sentences.isEmpty)
            case .failure(let error): Issue.record(error)
            }
        }
    }

    /// The peer finds no versions for all platforms at once; target for target there are some.
    static let onlyTargetByTarget: Set<String> = ["fork-non-local-fork-marker-direct"]

    @Test("scenarios for several targets", .enabled(if: PackseScenario.all != nil), arguments: forSeveralTargets)
    func targets(_ scenario: PackseScenario) async throws {
        let expected = try #require(scenario.expected)
        let targets = try scenario.targets()
        try #require(targets.count > 2)
        let request = ResolutionRequest(try scenario.requires.map { try RootRequirement(parsing: $0) })
        for shuffle in 0...2 {
            let source = TableSource(scenario.releases, canBuild: true, shuffle: shuffle)
            let resolver = LockResolver(source: source, options: scenario.options)
            do throws(ResolutionError) {
                let answers = try await resolver.answers(request, for: targets)
                #expect(expected.satisfiable || Self.onlyTargetByTarget.contains(scenario.name))
                guard expected.satisfiable else { continue }
                for answer in answers {
                    #expect(
                        PackseScenario.pins(answer.packages) == scenario.export(for: answer.target),
                        "\(answer.target.platformName) \(answer.target.pythonVersion)")
                }
            } catch {
                guard case .noSolution(let conflict) = error else { throw error }
                #expect(!expected.satisfiable, "\(conflict.sentences)")
            }
            // No page is asked for a second time for another target; its wheels may be others.
            let requests = source.requests.withLock { $0.filter { $0.hasPrefix("page") } }
            #expect(Set(requests).count == requests.count)
        }
    }

    @Test("all scenarios are there", .enabled(if: PackseScenario.all != nil))
    func coverage() { #expect(Self.forOneTarget.count + Self.forSeveralTargets.count >= 98) }
}

/// One scenario and what the peer makes of it.
struct PackseScenario: Sendable, CustomTestStringConvertible {
    struct Expected: Sendable {
        var satisfiable: Bool
        var packages: [String: String]
    }

    let name: String
    let python: String
    let requires: [String]
    let options: ResolutionOptions
    let releases: [PackageName: [TableSource.Release]]
    let expected: Expected?
    let isForSeveralTargets: Bool
    private let requiresPython: SpecifierSet
    /// For several targets: what the peer installs, with markers, and the parts of the world in the order in which it
    /// resolved them.
    private let exported: [Requirement]
    private let parts: [Marker]

    var testDescription: String { name }

    /// All of them in the order of their names; `nil` without fixtures.
    static let all: [PackseScenario]? = {
        let root = ProcessInfo.processInfo.environment["PENSTOCK_FIXTURES"] ?? "../shared/fixtures"
        let folder = root + "/packse"
        let manager = FileManager.default
        guard let names = try? manager.contentsOfDirectory(atPath: folder + "/scenarios"),
            let verdicts = try? decode(Verdicts.self, folder + "/expected.json")
        else { return nil }
        return names.sorted().filter { $0.hasSuffix(".json") }.compactMap { name in
            guard let document = try? decode(Document.self, folder + "/scenarios/" + name) else { return nil }
            return PackseScenario(document, verdicts.scenarios[document.name])
        }
    }()

    private static func decode<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: path)))
    }

    private init(_ document: Document, _ verdict: Verdicts.Verdict?) {
        name = document.name
        python = document.resolver_options.python ?? verdict?.python_substituted ?? document.environment.python
        requires = document.root.requires
        requiresPython = (try? SpecifierSet(parsing: document.root.requires_python)) ?? .any
        options = Self.options(document.resolver_options)
        isForSeveralTargets = document.kind == "lock" || document.resolver_options.universal
        var releases: [PackageName: [TableSource.Release]] = [:]
        for (package, body) in document.packages {
            guard let name = try? PackageName(parsing: package) else { continue }
            releases[name] = body.versions.compactMap { text, version in version.release(text) }
        }
        self.releases = releases
        expected = (verdict?.peer).map { Expected(satisfiable: $0.satisfiable, packages: $0.pins) }
        let pins = (verdict?.peer.pins ?? [:]).map { "\($0.key)==\($0.value)" }
        exported = (verdict?.peer.export ?? pins).compactMap { try? Requirement(parsing: $0) }
        parts = (verdict?.peer.resolution_markers ?? []).compactMap { try? Marker(parsing: $0) }
    }

    private static func options(_ document: Document.Options) -> ResolutionOptions {
        var options = ResolutionOptions()
        if document.prereleases { options.prereleases = .allow }
        options.strategy = ResolutionOptions.Strategy(rawValue: document.resolution) ?? .highest
        options.builds.neverBuilt = .these(Set(document.no_build.compactMap { try? PackageName(parsing: $0) }))
        options.builds.alwaysBuilt = .these(Set(document.no_binary.compactMap { try? PackageName(parsing: $0) }))
        return options
    }

    static func pins(_ packages: [ResolvedPackage]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: packages.map { ("\($0.name)", "\($0.version)") })
    }

    /// Platforms and Pythons of the scenario, in the order in which the peer resolved their parts of the world.
    func targets() throws -> [PythonTarget] {
        let oldest = isForSeveralTargets && exported.contains { $0.name.description == "forkroot" } ? "3.11" : "3.10"
        let pythons = try ["3.10", "3.11", "3.12", "3.13", "3.14"].map { try Version(parsing: $0) }
            .filter { requiresPython.contains($0) && "\($0)" >= oldest }
        var targets: [PythonTarget] = []
        for platform in ["linux-x86_64", "macos-arm64", "windows-x86_64"] {
            for python in pythons { targets.append(try PythonTarget(platform: platform, python: python)) }
        }
        // Where the peer takes the lowest version that will do everywhere, the newest Python asks for most.
        if options.strategy == .lowest { targets.sort { $0.pythonVersion > $1.pythonVersion } }
        if options.strategy == .lowestDirect { targets.sort { $0.pythonVersion < $1.pythonVersion } }
        return targets.enumerated().sorted { left, right in
            let places = (place(of: left.element), place(of: right.element))
            return places.0 != places.1 ? places.0 < places.1 : left.offset < right.offset
        }.map(\.element)
    }

    private func place(of target: PythonTarget) -> Int {
        parts.firstIndex { $0.evaluate(in: target.markerEnvironment) } ?? parts.count
    }

    /// What the peer installs on a target.
    func export(for target: PythonTarget) -> [String: String] {
        var pins: [String: String] = [:]
        for requirement in exported where requirement.applies(in: target.markerEnvironment) {
            pins[requirement.name.description] = requirement.specifiers.specifiers.first?.text
        }
        return pins
    }
}

// The files' own names.
private struct Document: Decodable {
    struct Root: Decodable {
        var requires: [String]
        var requires_python: String
    }
    struct Environment: Decodable { var python: String }
    struct Options: Decodable {
        var resolution: String
        var python: String?
        var prereleases: Bool
        var no_binary: [String]
        var no_build: [String]
        var universal: Bool
    }
    struct Package: Decodable { var versions: [String: PackageVersion] }
    struct PackageVersion: Decodable {
        var requires_python: String?
        var requires: [String]
        var extras: [String: [String]]
        var sdist: Bool
        var wheel: Bool
        var yanked: Bool
        var wheel_tags: [String]

        func release(_ text: String) -> TableSource.Release? {
            guard let version = try? Version(parsing: text) else { return nil }
            var requirements = requires
            for (extra, texts) in extras {
                requirements += texts.map { text in
                    let parts = text.split(separator: ";", maxSplits: 1)
                    let condition = parts.count > 1 ? "(\(parts[1])) and " : ""
                    return "\(parts[0]); \(condition)extra == '\(extra)'"
                }
            }
            return TableSource.Release(
                version: version, requires: requirements, extras: Array(extras.keys), requiresPython: requires_python,
                wheelTags: wheel_tags.isEmpty ? ["py3-none-any"] : wheel_tags, hasWheel: wheel, hasSdist: sdist,
                yanked: yanked ? .yes(nil) : .no)
        }
    }

    var name: String
    var kind: String
    var root: Root
    var environment: Environment
    var resolver_options: Options
    var packages: [String: Package]
}

private struct Verdicts: Decodable {
    struct Peer: Decodable {
        var satisfiable: Bool
        /// Not of this form for `lock` scenarios.
        var pins: [String: String]
        /// Only for `lock` scenarios.
        var export: [String]?
        var resolution_markers: [String]?

        enum CodingKeys: String, CodingKey { case satisfiable, packages, export, resolution_markers }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            satisfiable = try container.decode(Bool.self, forKey: .satisfiable)
            pins = (try? container.decode([String: String].self, forKey: .packages)) ?? [:]
            export = try? container.decode([String].self, forKey: .export)
            resolution_markers = try? container.decode([String].self, forKey: .resolution_markers)
        }
    }
    struct Verdict: Decodable {
        var peer: Peer
        var python_substituted: String?
    }

    var scenarios: [String: Verdict]
}
