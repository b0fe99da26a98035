import PythonPackaging
import Testing

@Suite(.enabled(if: ConformanceTables.arePresent, ConformanceTables.notice)) struct SpecifierTableTests {
    struct Table: Decodable {
        struct Containment: Decodable {
            var specifiers: String
            var version: String
            var automatic: Bool
            var allowed: Bool
            var excluded: Bool

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                specifiers = try values.decode(String.self)
                version = try values.decode(String.self)
                automatic = try values.decode(Bool.self)
                allowed = try values.decode(Bool.self)
                excluded = try values.decode(Bool.self)
            }
        }

        struct Filter: Decodable {
            var spec: String
            var versions: [String]
            var `default`: [String]
            var all: [String]
        }

        struct Normal: Decodable {
            var input: String
            var text: String
            var members: [String]

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                input = try values.decode(String.self)
                text = try values.decode(String.self)
                members = try values.decode([String].self)
            }
        }

        var contains: [Containment]
        var filter: [Filter]
        var normal: [Normal]
        var invalid: [String]
    }

    let table: Table

    init() throws { table = try ConformanceTables.load("specifiers") }

    @Test func containment() throws {
        var check = RowCheck()
        for row in table.contains {
            let set = try SpecifierSet(parsing: row.specifiers)
            let name = "\(row.specifiers) and \(row.version)"
            check.expect(set.contains(text: row.version) == row.automatic, "\(name): automatic")
            check.expect(set.contains(text: row.version, prereleases: .allowed) == row.allowed, "\(name): allowed")
            check.expect(set.contains(text: row.version, prereleases: .excluded) == row.excluded, "\(name): excluded")
            guard let version = try? Version(parsing: row.version), !row.specifiers.contains("===") else { continue }
            check.expect(set.contains(version) == row.allowed, "\(name): as a version, allowed")
            check.expect(set.contains(version, prereleases: false) == row.excluded, "\(name): as a version, excluded")
        }
        check.verify(atLeast: 100)
    }

    @Test func filtering() throws {
        var check = RowCheck()
        for row in table.filter {
            let set = try SpecifierSet(parsing: row.spec)
            func parse(_ texts: [String]) throws -> [Version] { try texts.map { try Version(parsing: $0) } }
            let versions = try parse(row.versions)
            check.expect(try set.filter(versions) == parse(row.default), "\(row.spec): \(set.filter(versions))")
            check.expect(
                try set.filter(versions, prereleases: .allowed) == parse(row.all),
                "\(row.spec), all: \(set.filter(versions, prereleases: .allowed))")
        }
        check.verify(atLeast: 20)
    }

    @Test func normalForm() throws {
        var check = RowCheck()
        for row in table.normal {
            let set = try SpecifierSet(parsing: row.input)
            check.expect(set.description == row.text, "\(row.input): \(set)")
            let members = set.specifiers.map(\.description).sorted()
            check.expect(members == row.members.sorted(), "\(row.input): members \(members)")
            check.expect(try SpecifierSet(parsing: row.text) == set, "\(row.input): not equal to its own text")
        }
        check.verify(atLeast: 20)
    }

    @Test func invalidSpecifiers() {
        var check = RowCheck()
        for text in table.invalid { check.expect((try? SpecifierSet(parsing: text)) == nil, "accepted: \(text)") }
        check.verify(atLeast: 10)
    }
}
