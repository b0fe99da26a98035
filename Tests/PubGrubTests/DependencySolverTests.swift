import PubGrub
import Testing

@Suite("Dependency solver")
struct DependencySolverTests {
    struct Scenario: Sendable, CustomTestStringConvertible {
        let name: String
        let universe: String
        let expected: [String: Int]?
        var testDescription: String { name }
    }

    static let scenarios: [Scenario] = [
        .init(name: "nothing asked for", universe: "root:", expected: [:]),
        .init(
            name: "the newest of each",
            universe: "root: a\na 1:\na 2: b\nb 1:\nb 2:",
            expected: ["a": 2, "b": 2]),
        .init(
            name: "an older one where a neighbour says so",
            universe: "root: a, b\na 2: b <2\na 1:\nb 1:\nb 2:",
            expected: ["a": 2, "b": 1]),
        .init(
            name: "goes back over a decision",
            universe: "root: a, b\na 2: c ==2\na 1: c ==1\nb 2: c ==1\nb 1: c ==3\nc 1:\nc 2:\nc 3:",
            expected: ["a": 1, "b": 2, "c": 1]),
        .init(
            name: "a loop",
            universe: "root: a\na 2: b\na 1:\nb 2: a ==2",
            expected: ["a": 2, "b": 2]),
        .init(
            name: "a loop that contradicts itself",
            universe: "root: a\na 2: b\na 1:\nb 2: a ==1",
            expected: ["a": 1]),
        .init(
            name: "a candidate that asks for another candidate of its own",
            universe: "root: a\na 2: a <2\na 1: a",
            expected: ["a": 1]),
        .init(name: "unusable candidates are passed over", universe: "root: a\na 3: broken\na 2: broken\na 1:",
            expected: ["a": 1]),
        .init(name: "nothing usable", universe: "root: a\na 3: broken\na 2: broken", expected: nil),
        .init(name: "a missing package", universe: "root: a", expected: nil),
        .init(
            name: "a missing package behind the newest",
            universe: "root: a\na 2: gone\na 1:", expected: ["a": 1]),
        .init(
            name: "a missing package behind a decision that has to be taken back",
            universe: "root: a, b\na 2:\na 1: gone\nb 1: a ==1\nb 2: a ==1\nb 3: a ==1", expected: nil),
        .init(name: "no such version", universe: "root: a >2\na 2:\na 1:", expected: nil),
        .init(name: "two demands of the root", universe: "root: a ==1, a ==2\na 2:\na 1:", expected: nil),
        .init(
            name: "restricting what nobody brings in",
            universe: "root: a\na 1: ?b <2\nb 2:\nb 1:", expected: ["a": 1]),
        .init(
            name: "restricting what somebody brings in",
            universe: "root: a, b\na 1: ?b <2\nb 2:\nb 1:", expected: ["a": 1, "b": 1]),
        .init(
            name: "a restriction known late",
            universe: "root: b, a\nb 2:\nb 1:\na 2: ?b <1\na 1: ?b <2", expected: ["a": 1, "b": 1]),
        .init(
            name: "an extra follows its project",
            universe: "root: a[x], b\na 3:\na 2:\na 1:\na[x] 3 = a: c\na[x] 2 = a: c <2\nb 1: a <3\nc 2:\nc 1:",
            expected: ["a": 2, "a[x]": 2, "b": 1, "c": 1]),
        .init(
            name: "two extras that contradict each other",
            universe: "root: a[x], a[y]\na 1:\na[x] 1 = a: b ==1\na[y] 1 = a: b ==2\nb 2:\nb 1:",
            expected: nil),
        .init(
            name: "an extra that only an older version can give",
            universe: "root: a[x]\na 3:\na 2:\na 1:\na[x] 3 = a: b >5\na[x] 2 = a: b >5\na[x] 1 = a: b\nb 2:",
            expected: ["a": 1, "a[x]": 1, "b": 2]),
        .init(
            name: "an extra nobody asks for does not matter",
            universe: "root: a\na 2:\na[x] 2 = a: gone", expected: ["a": 2]),
    ]

    @Test("scenarios", arguments: scenarios)
    func scenario(_ scenario: Scenario) {
        #expect(Universe(scenario.universe).solution() == scenario.expected)
    }

    @Test("the answer does not depend on what was told ahead", arguments: scenarios)
    func toldAhead(_ scenario: Scenario) {
        let universe = Universe(scenario.universe)
        var solver = universe.informedSolver()
        var known: [String: Int]?
        if case .solved(let chosen) = universe.run(&solver) { known = universe.versions(chosen) }
        #expect(known == scenario.expected)
    }

    @Test("all lists that a candidate needs are asked for at once")
    func asksTogether() {
        let universe = Universe("root: a, b, c\na 1:\nb 1:\nc 1:")
        var solver = universe.solver()
        guard case .needs(let needs) = solver.advance(matching: universe.matching) else {
            Issue.record("the lists are not known yet")
            return
        }
        #expect(needs == [.candidates(of: "a"), .candidates(of: "b"), .candidates(of: "c")])
    }

    @Test("prospects are the packages that are needed for sure")
    func prospects() {
        let universe = Universe("root: a, b <2\na 1:\nb 2:\nb 1:")
        var solver = universe.solver()
        for name in ["a", "b"] { universe.answer(.candidates(of: name), to: &solver) }
        guard case .needs = solver.advance(matching: universe.matching) else {
            Issue.record("no dependencies are known yet")
            return
        }
        #expect(solver.prospects.map(\.package) == ["a", "b"])
        #expect(solver.prospects.map(\.candidate) == [0, 1])
        #expect(solver.openCandidates(of: "b") == CandidateSet([1], of: 2))
        #expect(solver.openCandidates(of: "zebra") == nil)
    }

    @Test("candidates told to share a dependency are ruled out together")
    func sharedDependencies() {
        let count = 1000
        var solver = UniverseSolver(root: "root", requirements: [Dependency("a", .init(text: ""))])
        solver.provide(candidateCount: count, of: "a")
        solver.provide(candidateCount: 0, of: "gone")
        let shared = CandidateSet(0..<(count - 1), of: count)
        solver.provide([Dependency("gone", .init(text: ""), candidates: shared)], of: "a", candidate: 0)
        solver.provide([], of: "a", candidate: count - 1)
        let step = solver.advance { package, _ in CandidateSet(allOf: package == "a" ? count : 0) }
        guard case .solved(let chosen) = step else {
            Issue.record("the last candidate can be used: \(step)")
            return
        }
        #expect(chosen == ["a": count - 1])
        #expect(solver.statistics.expansions == 3)
    }

    @Test("work can be done in stretches", arguments: scenarios)
    func stretches(_ scenario: Scenario) {
        let universe = Universe(scenario.universe)
        var solver = universe.informedSolver()
        var pauses = 0
        while true {
            switch solver.advance(stretch: 1, matching: universe.matching) {
            case .needs(let needs):  // packages that do not exist
                for need in needs { universe.answer(need, to: &solver) }
                pauses += 1
            case .unfinished: pauses += 1
            case .solved(let chosen):
                #expect(universe.versions(chosen) == scenario.expected)
                #expect(pauses >= chosen.count)
                return
            case .failed:
                #expect(scenario.expected == nil)
                return
            }
        }
    }
}
