import PythonPackaging
import Testing

@Suite(.enabled(if: ConformanceTables.arePresent, ConformanceTables.notice)) struct RequirementTableTests {
    struct Table: Decodable {
        struct Row: Decodable {
            var input: String
            var name: String
            var canonical: String
            var extras: [String]
            var specifier: String
            var url: String?
            var marker: String?
            var normal: String
        }

        var valid: [Row]
        var invalid: [String]
    }

    let table: Table

    init() throws { table = try ConformanceTables.load("requirements") }

    @Test func validRequirements() throws {
        var check = RowCheck()
        for row in table.valid {
            guard let requirement = try? Requirement(parsing: row.input) else {
                check.expect(false, "refused: \(row.input)")
                continue
            }
            check.expect(requirement.spelledName == row.name, "\(row.input): name \(requirement.spelledName)")
            check.expect(requirement.name.description == row.canonical, "\(row.input): canonical \(requirement.name)")
            check.expect(
                Set(requirement.spelledExtras) == Set(row.extras), "\(row.input): \(requirement.spelledExtras)")
            check.expect(requirement.specifiers.description == row.specifier, "\(row.input): \(requirement.specifiers)")
            check.expect(requirement.url == row.url, "\(row.input): \(requirement.source)")
            check.expect(
                requirement.marker?.description == row.marker, "\(row.input): \(String(describing: requirement.marker))"
            )
            check.expect(requirement.description == row.normal, "\(row.input): \(requirement)")
        }
        check.verify(atLeast: 20)
    }

    @Test func invalidRequirements() {
        var check = RowCheck()
        for text in table.invalid { check.expect((try? Requirement(parsing: text)) == nil, "accepted: \(text)") }
        check.verify(atLeast: 20)
    }
}

extension Requirement {
    fileprivate var url: String? {
        if case .url(let url) = source { url } else { nil }
    }
}
