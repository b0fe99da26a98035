import PubGrub
import Testing

/// How much work is done, counted in steps, where a solver that does not learn would not come to an end.
@Suite("Effort")
struct EffortTests {
    @Test("a contradiction is not met again for every choice of bystanders")
    func bystanders() {
        var text = "root: " + (0..<12).map { "free\($0)" }.joined(separator: ", ") + ", a, b\n"
        for index in 0..<12 {
            for version in 1...8 { text += "free\(index) \(version):\n" }
        }
        text += "a 2: c ==1\na 1: c ==1\nb 2: c ==2\nb 1: c ==2\nc 2:\nc 1:"
        let (statistics, solved) = run(Universe(text))
        #expect(!solved)
        #expect(statistics.conflicts <= 4)
        #expect(statistics.decisions <= 40)
    }

    @Test("a long list that a neighbour rules out one by one")
    func longList() {
        // Only the last of 400 versions of `big` goes with what `small` pins, and `small` is decided first.
        var text = "root: small, big\nsmall 2: pin ==2\nsmall 1: pin ==1\npin 1:\npin 2:\n"
        for version in 1...400 { text += "big \(version): pin ==\(version == 1 ? 2 : 1)\n" }
        let (statistics, solved) = run(Universe(text))
        #expect(solved)
        #expect(statistics.expansions < 20)
    }

    @Test("neighbours with the same dependency become one incompatibility")
    func mergedNeighbours() {
        var text = "root: a, b\nb 1:\n"
        for version in 1...300 { text += "a \(version): b >1\n" }
        let (statistics, solved) = run(Universe(text))
        #expect(!solved)
        #expect(statistics.conflicts <= 301)
    }

    @Test("pigeons and holes")
    func pigeons() {
        // Six pigeons, five holes: every pigeon is a package whose versions are holes, every pair excludes equal holes.
        var universe = Universe()
        let (pigeons, holes) = (6, 5)
        for pigeon in 0..<pigeons {
            universe.root.append(.init(package: "p\(pigeon)", range: .init(text: "")))
            universe.releases["p\(pigeon)"] = (1...holes).reversed().map { hole in
                .init(
                    version: hole,
                    wants: (0..<pigeons).filter { $0 != pigeon }.map {
                        .init(package: "p\($0)", range: .init(text: "!=\(hole)"), isRequired: false)
                    })
            }
        }
        let (statistics, solved) = run(universe)
        #expect(!solved)
        #expect(statistics.conflicts < 2_000)
    }

    @Test("a deep chain is followed without trouble")
    func deepChain() {
        let depth = 3_000
        var text = "root: p0\n"
        for index in 0..<depth { text += "p\(index) 1: p\(index + 1)\n" }
        text += "p\(depth) 1: gone"
        let (statistics, solved) = run(Universe(text))
        #expect(!solved)
        #expect(statistics.expansions == depth + 2)
    }

    private func run(_ universe: Universe) -> (SolverStatistics, solved: Bool) {
        var solver = universe.solver()
        switch universe.run(&solver) {
        case .solved: return (solver.statistics, true)
        case .failed(let proof):
            #expect(!Explanation(proof).steps.isEmpty)
            return (solver.statistics, false)
        case .needs, .unfinished:
            Issue.record("did not end")
            return (solver.statistics, false)
        }
    }
}
