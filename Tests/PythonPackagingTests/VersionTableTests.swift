import FoundationEssentials
import PythonPackaging
import Testing

@Suite(.enabled(if: ConformanceTables.arePresent, ConformanceTables.notice)) struct VersionTableTests {
    struct Table: Decodable {
        struct Row: Decodable {
            var input: String
            var normal: String
            var epoch: UInt64
            var release: [Decimal]
            var pre: Pre?
            var post: UInt64?
            var dev: UInt64?
            var local: String?
            var `public`: String
            var base: String
            var canonical: String
            var prerelease: Bool
        }

        struct Pre: Decodable {
            var letter: String
            var number: UInt64

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                letter = try values.decode(String.self)
                number = try values.decode(UInt64.self)
            }
        }

        var valid: [Row]
        var invalid: [String]
        var order: [[String]]
    }

    let table: Table

    init() throws { table = try ConformanceTables.load("versions") }

    @Test func validVersions() throws {
        var check = RowCheck()
        for row in table.valid {
            guard let version = try? Version(parsing: row.input) else {
                check.expect(false, "refused: \(row.input)")
                continue
            }
            check.expect(version.description == row.normal, "\(row.input): normal form \(version)")
            check.expect(version.epoch == row.epoch, "\(row.input): epoch \(version.epoch)")
            check.expect(agrees(version.release, row.release), "\(row.input): release \(version.release)")
            check.expect(
                version.pre?.phase.rawValue == row.pre?.letter, "\(row.input): phase \(String(describing: version.pre))"
            )
            check.expect(version.pre?.number == row.pre?.number, "\(row.input): pre \(String(describing: version.pre))")
            check.expect(version.post == row.post, "\(row.input): post \(String(describing: version.post))")
            check.expect(version.dev == row.dev, "\(row.input): dev \(String(describing: version.dev))")
            check.expect(version.local == row.local, "\(row.input): local \(String(describing: version.local))")
            check.expect(
                version.publicVersion.description == row.public, "\(row.input): public \(version.publicVersion)")
            check.expect(version.baseVersion.description == row.base, "\(row.input): base \(version.baseVersion)")
            check.expect(version.canonicalDescription == row.canonical, "\(row.input): \(version.canonicalDescription)")
            check.expect(version.isPrerelease == row.prerelease, "\(row.input): pre-release \(version.isPrerelease)")
        }
        check.verify(atLeast: 100)
    }

    /// Numbers beyond 64 bits are only seen through `description`.
    private func agrees(_ release: [UInt64], _ expected: [Decimal]) -> Bool {
        release.count == expected.count
            && zip(release, expected).allSatisfy { $0 == .max || Decimal($0) == $1 }
    }

    @Test func invalidVersions() {
        var check = RowCheck()
        for text in table.invalid { check.expect((try? Version(parsing: text)) == nil, "accepted: \(text)") }
        check.verify(atLeast: 20)
    }

    @Test func order() throws {
        var check = RowCheck()
        let groups = try table.order.map { try $0.map { try Version(parsing: $0) } }
        for group in groups {
            for version in group {
                check.expect(
                    version == group[0] && version.hashValue == group[0].hashValue, "\(version) is not \(group[0])")
            }
        }
        for (position, group) in groups.enumerated().dropFirst() {
            let previous = groups[position - 1]
            check.expect(
                previous[0] < group[0] && !(group[0] < previous[0]), "\(previous[0]) is not before \(group[0])")
        }
        let shuffled = groups.flatMap { $0 }.shuffled()
        check.expect(shuffled.sorted() == groups.flatMap { $0 }, "sorting does not restore the order")
        check.verify(atLeast: 100)
    }
}
