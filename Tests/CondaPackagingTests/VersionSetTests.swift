import CondaPackaging
import Testing

@Suite struct VersionSetTests {
    static let specs = [
        "*", "==1.0", "!=1.0", ">1.0", ">=1.0", "<1.0", "<=1.0", "1.0.*", "!=1.0.*", "~=1.0.1", "~=1", ">=1,<2", ">=1,<2|>=3,<4",
        "0.*", "0.0.*", "<0a",
        "==1.0+local", ">1,<1", "(==1|==2|==3|==4|==5),!=3", "==2022.08.07.13.04.47", ">2022.08.07.13.04.47.1", "1rc0.*",
        "1.0a.*",
    ]

    static let versions = [
        "0", "0a", "0.0a", "0.0.0.1", "0.post1", "0.9", "1.0dev", "1.0a1", "1.0rc1", "1", "1.0.0", "1.0_", "1.0+local", "1.0+1",
        "1.0.post1", "1.0.1", "1.0.1a",
        "1.0.2", "1.1", "1rc", "1rc1", "1rc0a", "1.9", "2", "2.0a0", "3", "3.5", "4", "5", "1!0", "1!1.0", "2022.08.07.13.04.47",
        "2022.08.07.13.04.47.1",
        "2022.08.07.13.04.47.2", "2022.08.07.13.04.47a",
    ]

    /// A set contains what the clauses of its spec allow, and so do unions, intersections and complements.
    @Test func agreesWithItsClauses() throws {
        let versions = try Self.versions.map { try CondaVersion(parsing: $0) }
        let specs = try Self.specs.map { try VersionSpec(parsing: $0) }
        for spec in specs {
            let set = try #require(spec.versions, "\(spec)")
            for version in versions {
                let expected = Self.allows(spec.expression, version)
                #expect(set.contains(version) == expected && spec.contains(version) == expected, "\(spec) and \(version)")
                #expect(set.complement.contains(version) != expected, "not \(spec) and \(version)")
            }
            #expect(set.complement.complement == set, "\(spec)")
            for other in specs {
                let others = try #require(other.versions)
                let (both, either) = (set.intersection(others), set.union(others))
                for version in versions {
                    #expect(
                        both.contains(version) == (set.contains(version) && others.contains(version)),
                        "\(spec) and \(other): \(version)")
                    #expect(
                        either.contains(version) == (set.contains(version) || others.contains(version)),
                        "\(spec) or \(other): \(version)")
                }
                #expect(set.isSubset(of: either) && both.isSubset(of: set) && both.isEmpty == set.isDisjoint(with: others))
            }
        }
    }

    /// What an expression allows, asked clause by clause.
    private static func allows(_ expression: VersionSpec.Expression, _ version: CondaVersion) -> Bool {
        switch expression {
        case .any: true
        case .clause(let clause): clause.contains(version)
        case .pattern: false
        case .all(let expressions): expressions.allSatisfy { allows($0, version) }
        case .either(let expressions): expressions.contains { allows($0, version) }
        }
    }

    @Test func bounds() throws {
        #expect(VersionSet.all.isEverything && VersionSet.none.isEmpty && VersionSet.all.complement == .none)
        #expect(try VersionSpec(parsing: ">1,<1").versions?.isEmpty == true)
        #expect(try VersionSpec(parsing: "<1|>=1").versions?.isEverything == true)
        #expect(try VersionSpec(parsing: "^1$").versions == nil && VersionSpec(parsing: "=1+local").versions == nil)
        #expect(try VersionSpec(parsing: "=1+local").contains(CondaVersion(parsing: "1.2+local.3")))
        #expect(try !VersionSpec(parsing: "=1+local").contains(CondaVersion(parsing: "1.2")))
    }
}
