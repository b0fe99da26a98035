import CondaPackaging
import Testing

@Suite(.enabled(if: CondaTables.arePresent, CondaTables.notice)) struct CondaVersionTableTests {
    struct Table: Decodable {
        struct Parsed: Decodable {
            var input: String
            var text: String
            var epoch: UInt64
            var segments: [[Component]]
            var local: [[Component]]
            var dev: Bool
        }

        /// A number or text.
        struct Component: Decodable {
            var value: CondaVersion.Component

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(UInt64.self) {
                    value = .number(number)
                } else {
                    value = .text(try container.decode(String.self))
                }
            }
        }

        struct Beginning: Decodable {
            var version: String
            var other: String
            var startsWith: Bool
            var isCompatible: Bool

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                version = try values.decode(String.self)
                other = try values.decode(String.self)
                startsWith = try values.decode(Bool.self)
                isCompatible = try values.decode(Bool.self)
            }
        }

        var order: [[String]]
        var parsed: [Parsed]
        var starts_with: [Beginning]
        var invalid: [String]
    }

    let table: Table

    init() throws { table = try CondaTables.load("versions") }

    @Test func order() throws {
        var check = RowCheck()
        let groups = try table.order.map { try $0.map { try CondaVersion(parsing: $0) } }
        for (position, group) in groups.enumerated() {
            let areEqual = group.allSatisfy { $0 == group[0] && $0.hashValue == group[0].hashValue }
            let isAfter = position == 0 || (groups[position - 1][0] < group[0] && !(group[0] < groups[position - 1][0]))
            check.expect(areEqual && isAfter, "\(group), after \(position == 0 ? [] : groups[position - 1])")
        }
        let shuffled = groups.flatMap { $0 }.shuffled()
        check.expect(shuffled.sorted() == groups.flatMap { $0 }, "sorting does not restore the order")
        check.verify(atLeast: 10_000)
    }

    @Test func parts() throws {
        var check = RowCheck()
        for row in table.parsed {
            let version = try CondaVersion(parsing: row.input)
            check.expect(
                version.description == row.text && version.epoch == row.epoch && version.isDevelopment == row.dev
                    && version.segments == row.segments.map { $0.map(\.value) }
                    && version.localSegments == row.local.map { $0.map(\.value) },
                "\(row.input): \(version), \(version.epoch), \(version.segments), \(version.localSegments)")
        }
        check.verify(atLeast: 300)
    }

    @Test func beginnings() throws {
        var check = RowCheck()
        for row in table.starts_with {
            let version = try CondaVersion(parsing: row.version)
            let other = try CondaVersion(parsing: row.other)
            check.expect(
                version.starts(with: other) == row.startsWith && version.isCompatible(with: other) == row.isCompatible,
                "\(version) and \(other): \(version.starts(with: other)), \(version.isCompatible(with: other))")
        }
        check.verify(atLeast: 200)
    }

    @Test func invalidVersions() {
        var check = RowCheck()
        for text in table.invalid { check.expect((try? CondaVersion(parsing: text)) == nil, "accepted: \(text)") }
        check.verify(atLeast: 10)
    }
}
