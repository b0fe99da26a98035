import PubGrub
import Testing

/// Refusals as text: what the steps are and in which order they come.
@Suite("Explanations")
struct ExplanationTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let name: String
        let universe: String
        let text: String
        var testDescription: String { name }
    }

    static let goldens: [Golden] = [
        .init(
            name: "one fact is enough", universe: "root: a >2\na 1:\na 2:",
            text: """
                1 root asks a >2 (none): FAILURE
                """),
        .init(
            name: "two demands meet", universe: "root: a ==1, a ==2\na 1:\na 2:",
            text: """
                1 root asks a ==1 & root asks a ==2: FAILURE
                """),
        .init(
            name: "a demand against a demand of a dependency",
            universe: "root: a, b ==1\na 1: b ==2\nb 1:\nb 2:",
            text: """
                1 root asks a & root asks b ==1 & a any asks b ==2: FAILURE
                """),
        .init(
            name: "many reasons about one package are one subject",
            universe: "root: a >1\na 4: broken\na 3: gone\na 2: broken\na 1:",
            text: """
                1 root asks a >1 & (a 4 is broken; a 2 is broken) & a 3 asks gone (none): FAILURE
                """),
        .init(
            name: "a chain reads downwards",
            universe: "root: a, e ==1\na 1: b\nb 1: c\nc 1: d\nd 1: e ==2\ne 1:\ne 2:",
            text: """
                1 root asks a & root asks e ==1 & a any asks b & b any asks c & c any asks d & d any asks e ==2: FAILURE
                """),
        .init(
            name: "two threads meet",
            universe: """
                root: foo
                foo 1: a ==1, b ==1
                foo 2: x ==1, y ==1
                a 1: b ==2
                b 1:
                b 2:
                x 1: y ==2
                y 1:
                y 2:
                """,
            text: """
                1 foo 1 asks a ==1 & a any asks b ==2 & foo 1 asks b ==1: foo 1
                2 foo 2 asks x ==1 & x any asks y ==2 & foo 2 asks y ==1: foo 2
                3 root asks foo & [1] & [2]: FAILURE
                """),
        .init(
            name: "two cases of one thing",
            universe: """
                root: foo, bar
                foo 1: p, q ==1
                foo 2: p, q ==2
                p 1: r
                p 2: s
                r 1: t ==1
                s 1: t ==1
                t 1: q ==3
                t 2:
                q 1:
                q 2:
                q 3:
                bar 1: t ==1
                bar 2: t ==1
                """,
            text: """
                1 root asks foo & root asks bar & bar any asks t ==1 & t 1 asks q ==3 & (foo 2 asks q ==2; foo 1 asks q ==1): FAILURE
                """),
        .init(
            name: "an extra is not told from its project by a step",
            universe: "root: a[x], b ==2\na 2:\na 1:\na[x] 2 = a: b ==1\na[x] 1 = a: b ==1\nb 1:\nb 2:",
            text: """
                1 root asks a[x] & root asks b ==2 & a[x] any asks b ==1: FAILURE
                """),
        .init(
            name: "candidates that fail for different neighbours",
            universe: """
                root: a, b >=2, c
                a 3: b ==3
                a 2: b ==2
                a 1: b ==1
                b 3:
                b 2:
                b 1:
                c 2: a >=4
                c 1: a <2
                a 4: b ==1
                """,
            text: """
                1 root asks b >=2 & root asks c & (c 2 asks a >=4; c 1 asks a <2) & a 1,4 asks b ==1: FAILURE
                """),
    ]

    @Test("golden texts", arguments: goldens)
    func golden(_ golden: Golden) throws {
        let universe = Universe(golden.universe)
        let proof = try #require(universe.failure())
        let short = proof.shortened()
        #expect(ProofChecker(universe).flaw(in: proof) == nil)
        #expect(ProofChecker(universe).flaw(in: short) == nil)
        #expect(Wording(universe: universe).text(of: Explanation(short)) == golden.text)
    }
}

/// Plain words for the tests' universes.
struct Wording {
    let universe: Universe

    func text(of explanation: Explanation<String, Universe.Range, String>) -> String {
        explanation.steps.enumerated().map { number, step in
            let premises = step.premises.map(phrase).joined(separator: " & ")
            return "\(number + 1) \(premises): \(conclusion(step.conclusion))"
        }.joined(separator: "\n")
    }

    private func phrase(_ premise: Explanation<String, Universe.Range, String>.Premise) -> String {
        switch premise {
        case .step(let number, _): "[\(number)]"
        case .fact(let node): phrase(node)
        }
    }

    private func phrase(_ node: UniverseProof.Node) -> String {
        switch node.origin {
        case .dependency(let dependent, let candidates, let dependency, let constraints, let allowed):
            let who = dependent == "root" ? "root" : "\(dependent) \(names(dependent, candidates))"
            let what = constraints.map(\.text).joined(separator: "|")
            return "\(who) asks \(dependency)\(what.isEmpty ? "" : " ")\(what)" + (allowed.isEmpty ? " (none)" : "")
        case .unusable(let package, let candidates, let reason):
            return "\(package) \(names(package, candidates)) \(reason)"
        case .together(let facts): return "(\(facts.map(phrase).joined(separator: "; ")))"
        case .root, .lockstep, .derived: return "unsaid"
        }
    }

    private func conclusion(_ claims: [UniverseProof.Claim]) -> String {
        let known = claims.filter { $0.package != "root" }
        guard !known.isEmpty else { return "FAILURE" }
        return known.map { "\($0.package) \(names($0.package, $0.outcomes))" }.joined(separator: " x ")
    }

    private func names(_ package: String, _ set: CandidateSet) -> String {
        let versions = universe.versions(of: package)
        if set.count == versions.count { return "any" }
        let list = set.candidates.map { String(versions[$0]) }.sorted().joined(separator: ",")
        return set.allowsAbsence ? "none\(list.isEmpty ? "" : ",")\(list)" : list
    }
}
