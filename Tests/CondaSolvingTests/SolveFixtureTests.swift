import Archives
import CondaPackaging
import CondaSolving
import Foundation
import Testing

/// Requests over real repodata, with the answers of another solver.
@Suite(.enabled(if: SolveFixture.all != nil, "the shared fixtures are not here")) struct SolveFixtureTests {
    @Test(arguments: SolveFixture.all ?? [])
    func isAsGood(_ fixture: SolveFixture) throws {
        let solution = try fixture.solve()
        #expect((solution != nil) == (fixture.expected != nil))
        let asked = Set(fixture.specs.map { String(MatchSpec.name(in: $0)) })
        let named = { (records: [String]?) in
            Set((records ?? []).filter { asked.contains(String($0.prefix { $0 != "=" })) })
        }
        #expect(named(solution) == named(fixture.expected))
        guard !fixture.isKnownToDiffer else { return }
        #expect(Set(solution ?? []) == Set(fixture.expected ?? []))
    }
}

struct SolveFixture: Sendable, CustomTestStringConvertible {
    let id: String
    let channels: [String]
    let subdir: String
    let specs: [String]
    let constraints: [String]
    let virtual: [[String]]
    let strategy: String?
    let excludeNewer: String?
    let expected: [String]?

    var testDescription: String { "\(id) \(specs.prefix(5)) \(channels) \(subdir)" }

    /// Two have several right answers: one of ours has higher build numbers of the compilers, the other, the lowest of
    /// everything, has lower versions.
    var isKnownToDiffer: Bool { id == "62962bbbf5" || id == "9832e37290" }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/fixtures/conda").standardizedFileURL

    static let all: [SolveFixture]? = {
        guard let data = try? Data(contentsOf: folder.appending(path: "solves.json")),
            let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let rows = root["solves"] as? [[String: Any]]
        else { return nil }
        return rows.map { row in
            SolveFixture(
                id: row["id"] as? String ?? "", channels: row["channels"] as? [String] ?? [], subdir: row["subdir"] as? String ?? "",
                specs: row["specs"] as? [String] ?? [], constraints: row["constraints"] as? [String] ?? [],
                virtual: row["virtual"] as? [[String]] ?? [], strategy: row["strategy"] as? String,
                excludeNewer: row["exclude_newer"] as? String, expected: row["packages"] as? [String])
        }
    }()

    func solve() throws -> [String]? {
        let platform = try Subdir(parsing: subdir)
        var sources: [CondaSource] = []
        for name in channels {
            let channel = try CondaChannel(ChannelReference(parsing: name), home: "https://channels.example")
            for subdir in platform == .noarch ? [.noarch] : [platform, .noarch] {
                guard let repodata = try Self.repodata(name, subdir) else { continue }
                sources.append(CondaSource(channel: channel, subdir: subdir, records: repodata))
            }
        }
        var options = CondaOptions()
        options.strategy = strategy.flatMap(CondaOptions.Strategy.init) ?? .highest
        options.excludeNewer = try excludeNewer.map { Int64(try Date("\($0)T00:00:00Z", strategy: .iso8601).timeIntervalSince1970) * 1000 }
        let book = CondaBook(
            sources,
            virtualPackages: try virtual.map {
                VirtualPackage(try CondaName(parsing: $0[0]), version: try CondaVersion(parsing: $0[1]), build: $0[2])
            }, options: options)
        var solver = try CondaSolver(
            book, requirements: try specs.map { try MatchSpec(parsing: $0) }, constraints: try constraints.map { try MatchSpec(parsing: $0) })
        guard case .solved(let records) = try solver.advance() else { return nil }
        return records.map { "\($0.record.name)=\($0.record.version.spelling)=\($0.record.build)" }
    }

    private static func repodata(_ channel: String, _ subdir: Subdir) throws -> Repodata<[UInt8]>? {
        let file = folder.appending(path: "repodata/\(channel)/\(subdir)/repodata.json.zst")
        guard let packed = try? Data(contentsOf: file) else { return nil }
        return try Repodata(try Zstd.decompress([UInt8](packed), limit: 1 << 30), subdir: subdir)
    }
}
