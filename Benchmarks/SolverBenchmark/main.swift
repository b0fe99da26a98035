// How long the solver alone takes, without a network, a cache, or a parser: everything it asks for is there at once.
//
//     swift run -c release solver-benchmark [SEED…]
//
// A universe of 5,000 packages is generated (SyntheticUniverse). Resolved are the requirements of forty packages that
// nobody else needs, and of all of those, which brings in every package there is.

import PubGrub

typealias Solver = DependencySolver<Int, SyntheticUniverse.Range, Never>

func solve(_ roots: [Int], in universe: SyntheticUniverse) -> (packages: Int, statistics: SolverStatistics) {
    let requirements = roots.map { root in
        Dependency(root, SyntheticUniverse.Range(first: 0, end: universe.packages[root].count))
    }
    var solver = Solver(root: -1, requirements: requirements)
    while true {
        let step = solver.advance { package, range in
            let count = package < 0 ? 1 : universe.packages[package].count
            return CandidateSet(range.first..<range.end, of: count)
        }
        switch step {
        case .needs(let needs): for need in needs { answer(need, &solver, universe) }
        case .solved(let chosen): return (chosen.count, solver.statistics)
        case .failed: return (0, solver.statistics)
        case .unfinished: continue
        }
    }
}

func answer(_ need: Solver.Need, _ solver: inout Solver, _ universe: SyntheticUniverse) {
    switch need {
    case .candidates(of: let package):
        solver.provide(candidateCount: universe.packages[package].count, of: package)
    case .dependencies(of: let package, let candidate):
        let needs = universe.packages[package][candidate]
        solver.provide(needs.map { Dependency($0.package, $0.range) }, of: package, candidate: candidate)
    }
}

func milliseconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
}

let seeds = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
for seed in seeds.isEmpty ? [1, 2, 3] : seeds {
    let universe = SyntheticUniverse(packages: 5000, seed: seed)
    let summits = universe.summits
    for (title, roots) in [("forty roots", Array(summits.prefix(40))), ("everything", summits)] {
        var times: [Double] = []
        var result = solve(roots, in: universe)
        for _ in 0..<9 {
            let clock = ContinuousClock()
            times.append(milliseconds(clock.measure { result = solve(roots, in: universe) }))
        }
        times.sort()
        let median = Double(Int(times[times.count / 2] * 100)) / 100
        print(
            "seed \(seed), \(title): \(roots.count) roots, \(result.packages) packages, "
                + "\(result.statistics.decisions) decisions, \(result.statistics.conflicts) conflicts, "
                + "\(result.statistics.rejections) rejections: median \(median) ms")
    }
}
