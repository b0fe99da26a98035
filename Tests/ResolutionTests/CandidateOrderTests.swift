import PythonPackaging
import Resolution
import Testing

/// The solver is given sets of candidates that are found by halving; here every version is tried with every clause.
@Suite("Constraints on versions")
struct CandidateOrderTests {
    static let versions = [
        "0.9", "1.0.dev1", "1.0a1", "1.0a1.post1", "1.0b2.dev3", "1.0rc1", "1.0", "1.0+cpu", "1.0+cu12", "1.0.post1.dev2",
        "1.0.post1", "1.0.post1+x", "1.0.post2", "1.0.1", "1.1.dev0", "1.1", "1.1.1", "1.2rc2", "1.2", "2.0.dev5",
        "2.0a1", "2.0", "2.0.0.1", "10.0", "1!0.1", "1!1.0",
    ]

    @Test(
        "the newest allowed version is found, by whatever clause",
        arguments: ["==", "!=", ">=", "<=", ">", "<", "~=", "==*", "!=*"])
    func clauses(_ operation: String) async throws {
        let parsed = try Self.versions.map { try Version(parsing: $0) }
        for bound in Self.versions {
            guard let clause = Self.clause(operation, bound), let set = try? SpecifierSet(parsing: clause) else { continue }
            let fitting = parsed.filter { set.contains($0) }
            let expected = fitting.filter { !$0.isPrerelease }.max() ?? fitting.max()
            let source = try TableSource(Self.versions.shuffled().map { "a \($0)" }.joined(separator: "\n"))
            let outcome = await Resolver(source: source, target: try .linux())
                .outcome(for: [try RootRequirement(parsing: "a\(clause)")])
            #expect((try? outcome.get())?.first?.version == expected, "a\(clause)")
        }
    }

    private static func clause(_ operation: String, _ bound: String) -> String? {
        guard operation.hasSuffix("*") else { return operation + bound }
        return bound.allSatisfy { $0.isNumber || $0 == "." || $0 == "!" } ? "\(operation.dropLast())\(bound).*" : nil
    }
}
