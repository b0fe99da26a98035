import FoundationEssentials
import PythonPackaging
import Resolution
import Testing

/// The public resolver scenarios, from the folder that `PENSTOCK_FIXTURES` names (`../shared/fixtures` without it). Skipped
/// where there is none. Scenarios that need something that Penstock does not do yet are passed over, by what they need.
@Suite("Resolver scenarios")
struct PackseTests {
    @Test("scenarios for one target with wheels", .enabled(if: PackseScenario.all != nil), arguments: PackseScenario.all ?? [])
    func scenario(_ scenario: PackseScenario) async throws {
        guard scenario.needs == nil else { return }
        let expected = try #require(scenario.expected)
        var options = ResolutionOptions()
        if scenario.prereleases { options.prereleases = .allow }
        let resolver = Resolver(
            source: TableSource(scenario.releases), target: try .linux(scenario.python), options: options)
        let requirements = try scenario.requires.map { try RootRequirement(parsing: $0) }
        switch await resolver.outcome(for: requirements) {
        case .success(let packages):
            var found: [String: String] = [:]
            for package in packages { found[package.name.description] = package.version.description }
            #expect(expected.satisfiable)
            #expect(found == expected.packages)
        case .failure(.noSolution(let conflict)):
            #expect(!expected.satisfiable, "\(conflict.sentences)")
            #expect(conflict.sentences.allSatisfy { $0.hasSuffix(".") && !$0.isEmpty } && !conflict.sentences.isEmpty)
        case .failure(let error): Issue.record(error)
        }
    }

    @Test("most scenarios are within reach", .enabled(if: PackseScenario.all != nil))
    func coverage() throws {
        let scenarios = try #require(PackseScenario.all)
        var skipped: [String: Int] = [:]
        for need in scenarios.compactMap(\.needs) { skipped[need, default: 0] += 1 }
        #expect(skipped.values.reduce(0, +) * 2 < scenarios.count, "passed over: \(skipped)")
    }
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
    let prereleases: Bool
    let releases: [PackageName: [TableSource.Release]]
    let expected: Expected?
    /// The feature that it needs and that is not there yet.
    let needs: String?

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
        prereleases = document.resolver_options.prereleases
        var releases: [PackageName: [TableSource.Release]] = [:]
        for (package, body) in document.packages {
            guard let name = try? PackageName(parsing: package) else { continue }
            releases[name] = body.versions.compactMap { text, version in version.release(text) }
        }
        self.releases = releases
        if let peer = verdict?.peer, document.kind != "lock" {
            expected = Expected(satisfiable: peer.satisfiable, packages: peer.pins)
        } else {
            expected = nil
        }
        needs = Self.missingFeature(document, releases, expected)
    }

    private static func missingFeature(
        _ document: Document, _ releases: [PackageName: [TableSource.Release]], _ expected: Expected?
    ) -> String? {
        if document.kind == "lock" || document.resolver_options.universal { return "several targets" }
        if document.resolver_options.resolution != "highest" { return "lowest versions" }
        if !document.resolver_options.no_binary.isEmpty { return "building from source" }
        guard let expected, expected.satisfiable else { return nil }
        // A solution in which a version has no wheel for the target has to be built.
        let tags = (try? PythonTarget.linux("3.12"))?.tags
        for (package, version) in expected.packages {
            guard let name = try? PackageName(parsing: package),
                let release = releases[name]?.first(where: { "\($0.version)" == version })
            else { continue }
            let fits = release.wheelTags.contains { tag in
                (try? WheelFilename(parsing: "a-1-\(tag).whl")).flatMap { tags?.bestRank(of: $0) } != nil
            }
            if !release.hasWheel || !fits { return "building from source" }
        }
        return nil
    }
}

// The files' own names.
private struct Document: Decodable {
    struct Root: Decodable { var requires: [String] }
    struct Environment: Decodable { var python: String }
    struct Options: Decodable {
        var resolution: String
        var python: String?
        var prereleases: Bool
        var no_binary: [String]
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

        enum CodingKeys: String, CodingKey { case satisfiable, packages }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            satisfiable = try container.decode(Bool.self, forKey: .satisfiable)
            pins = (try? container.decode([String: String].self, forKey: .packages)) ?? [:]
        }
    }
    struct Verdict: Decodable {
        var peer: Peer
        var python_substituted: String?
    }

    var scenarios: [String: Verdict]
}
