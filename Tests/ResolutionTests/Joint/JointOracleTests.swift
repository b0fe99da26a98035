import CondaPackaging
import Lockfiles
import PythonPackaging
import Resolution
import Testing

/// Joint solves beside trying everything, on small random channels and indexes: packages that have projects of their own or of
/// other names, wrong guesses by name, extras, limits, and preferences for either world.
@Suite("Joint resolutions against an oracle")
struct JointOracleTests {
    @Test("same verdict, answers that hold, whatever the order of arrival", arguments: 0..<20)
    func randomWorlds(block: Int) async throws {
        var verdicts = (solved: 0, refused: 0)
        for seed in 0..<25 {
            let world = try RandomJointWorld(seed: UInt64(block * 25 + seed + 1))
            var answers: Set<[String]?> = []
            for shuffle in [0, 3] {
                do {
                    let answer = try await world.joint(shuffle: shuffle).answer(conda: world.specs, pypi: world.roots)
                    #expect(world.accepts(answer), "seed \(block)/\(seed): \(answer.words) in \(world.text)")
                    answers.insert(answer.words)
                    verdicts.solved += 1
                } catch let error as ResolutionError {
                    guard case .noSolution = error else { throw error }
                    #expect(!world.isSolvable, "seed \(block)/\(seed): \(world.text)")
                    answers.insert(nil)
                    verdicts.refused += 1
                }
            }
            #expect(answers.count == 1, "seed \(block)/\(seed): \(answers) in \(world.text)")
        }
        #expect(verdicts.solved > 0 && verdicts.refused > 0, "one-sided worlds test little: \(verdicts)")
    }
}

/// A small random channel and index, and what can be told about them by trying everything.
private struct RandomJointWorld {
    struct Record {
        var version: String
        var depends: [(name: String, bound: String)] = []
        var isPython = true
    }

    struct Release {
        var version: String
        var requires: [(name: String, bound: String)] = []
    }

    /// By the name of the conda package, the newest record first.
    private var records: [String: [Record]] = [:]
    /// Which projects all records of a conda package have.
    private var provides: [String: [String]] = [:]
    private var releases: [String: [Release]] = [:]
    private var askedConda: [(name: String, bound: String)] = []
    private var askedPyPI: [(name: String, bound: String)] = []
    private var names: [String: [String]] = [:]
    private var usual: PackageWorld?

    private static let projects = ["p0", "p1", "p2"]
    private static let packages = ["p0", "p1", "c0"]
    private static let bounds = ["", "", ">=2", "<2"]

    init(seed: UInt64) throws {
        var generator = SmallGenerator(seed: seed)
        func wish(_ names: [String]) -> (name: String, bound: String) {
            (names[generator.next(below: names.count)], Self.bounds[generator.next(below: Self.bounds.count)])
        }
        for name in Self.packages {
            let isPython = generator.next(below: 5) > 0
            records[name] = ["2.0", "1.0"].filter { _ in generator.next(below: 4) > 0 }.map { version in
                Record(version: version, depends: (0..<generator.next(below: 2)).map { _ in wish(Self.packages) }, isPython: isPython)
            }
            // The name tells the truth mostly; of other names somebody has to say what they have.
            if name == "c0" {
                let said = Self.projects.filter { _ in generator.next(below: 3) == 0 }
                (names[name], provides[name]) = (said, said)
            } else {
                provides[name] = isPython && generator.next(below: 4) > 0 ? [name] : []
            }
        }
        for name in Self.projects {
            releases[name] = ["2.0", "1.0"].filter { _ in generator.next(below: 3) > 0 }.map { version in
                Release(version: version, requires: (0..<generator.next(below: 3)).map { _ in wish(Self.projects) })
            }
        }
        askedConda = (0..<generator.next(below: 3)).map { _ in wish(Self.packages) }
        askedPyPI = (0...generator.next(below: 2)).map { _ in wish(Self.projects) }
        usual = [nil, PackageWorld.conda, .pypi][generator.next(below: 3)]
    }

    // MARK: - For the resolver

    var specs: [String] { ["python"] + askedConda.map { "\($0.name)\($0.bound)" } }

    var roots: [RootRequirement] {
        get throws { try askedPyPI.map { try RootRequirement(parsing: "\($0.name)\($0.bound)") } }
    }

    var text: String { "\(specs) \(askedPyPI) \(channel) | \(index) | \(names) \(usual.map(\.rawValue) ?? "")" }

    private var channel: String {
        var lines = ["python 3.12.4 0"]
        for (name, list) in records.sorted(by: { $0.key < $1.key }) {
            for record in list {
                let has = (provides[name] ?? []).map { "has \($0) \(record.version)" }
                let needs = (record.isPython ? ["python"] : []) + record.depends.map { "\($0.name) \($0.bound)" }
                lines.append("\(name) \(record.version) 0\(has.isEmpty ? "" : " (\(has.joined(separator: ", ")))")"
                    + (needs.isEmpty ? "" : ": \(needs.joined(separator: " | "))"))
            }
        }
        return lines.joined(separator: "\n")
    }

    private var index: String {
        var lines: [String] = []
        for (name, list) in releases.sorted(by: { $0.key < $1.key }) {
            for release in list {
                let needs = release.requires.map { "\($0.name)\($0.bound)" }.joined(separator: "|")
                lines.append("\(name) \(release.version)\(needs.isEmpty ? "" : ": " + needs)")
            }
        }
        return lines.joined(separator: "\n")
    }

    func joint(shuffle: Int) throws -> JointWorld {
        var world = try JointWorld(channel: channel, index: index, shuffle: shuffle)
        world.preference = WorldPreference(usual: usual)
        var mapping: [CondaName: [PackageName]] = [:]
        for (package, projects) in names {
            mapping[try CondaName(parsing: package)] = try projects.map { try PackageName(parsing: $0) }
        }
        world.names = ProjectNameMapping(mapping)
        return world
    }

    // MARK: - By trying everything

    private static func fits(_ version: String, _ bound: String) -> Bool {
        switch bound {
        case ">=2": version == "2.0"
        case "<2": version == "1.0"
        default: true
        }
    }

    /// Whether records and releases, by name, are an answer.
    private func isValid(_ conda: [String: String], _ pypi: [String: String]) -> Bool {
        func has(_ wish: (name: String, bound: String)) -> Bool { conda[wish.name].map { Self.fits($0, wish.bound) } ?? false }
        guard askedConda.allSatisfy(has) else { return false }
        for (name, version) in conda {
            guard let record = records[name]?.first(where: { $0.version == version }), record.depends.allSatisfy(has) else { return false }
            // Never from both worlds.
            if (provides[name] ?? []).contains(where: { pypi[$0] != nil }) { return false }
        }
        func isMet(_ wish: (name: String, bound: String)) -> Bool {
            if let version = pypi[wish.name] { return Self.fits(version, wish.bound) }
            return conda.contains { (provides[$0.key] ?? []).contains(wish.name) && Self.fits($0.value, wish.bound) }
        }
        guard askedPyPI.allSatisfy(isMet) else { return false }
        return pypi.allSatisfy { name, version in
            releases[name]?.first { $0.version == version }?.requires.allSatisfy(isMet) ?? false
        }
    }

    func accepts(_ answer: JointAnswer) -> Bool {
        var conda: [String: String] = [:]
        for package in answer.conda where package.record.name != .python {
            conda["\(package.record.name)"] = "\(package.record.version)"
        }
        return isValid(conda, Dictionary(uniqueKeysWithValues: answer.packages.map { ("\($0.name)", "\($0.version)") }))
    }

    var isSolvable: Bool {
        let conda = Self.choices(Self.packages.map { name in (name, records[name]?.map(\.version) ?? []) })
        let pypi = Self.choices(Self.projects.map { name in (name, releases[name]?.map(\.version) ?? []) })
        return conda.contains { chosen in pypi.contains { isValid(chosen, $0) } }
    }

    /// Every choice of one or none of each.
    private static func choices(_ lists: [(name: String, versions: [String])]) -> [[String: String]] {
        var result: [[String: String]] = [[:]]
        for list in lists {
            result += result.flatMap { chosen in
                list.versions.map { version in chosen.merging([list.name: version]) { $1 } }
            }
        }
        return result
    }
}
