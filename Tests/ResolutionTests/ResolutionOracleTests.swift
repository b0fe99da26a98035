import PythonPackaging
import Resolution
import Testing

/// The resolver beside trying everything, on small random indexes with extras, constraints, pre-releases, yanked versions
/// and source distributions.
@Suite("Resolutions against an oracle")
struct ResolutionOracleTests {
    @Test("same verdict, answers that hold, whatever the order of arrival", arguments: 0..<40)
    func randomIndexes(block: Int) async throws {
        var verdicts = (solved: 0, refused: 0)
        let target = try PythonTarget.linux()
        for seed in 0..<75 {
            let index = try RandomIndex(seed: UInt64(block * 75 + seed + 1))
            let search = try ExhaustiveSearch(index, target.markerEnvironment)
            var options = ResolutionOptions()
            options.prereleases = index.prereleases
            var answers: Set<[String]?> = []
            for (shuffle, strategy) in [(0, ResolutionOptions.Strategy.highest), (1, .highest), (5, .highest), (0, .lowest)] {
                options.strategy = strategy
                let source = TableSource(index.releases, canBuild: index.canBuild, shuffle: shuffle)
                switch await Resolver(source: source, target: target, options: options).outcome(for: try index.request()) {
                case .success(let packages):
                    let versions = Dictionary(uniqueKeysWithValues: packages.map { ($0.name, $0.version) })
                    #expect(search.accepts(versions), "seed \(block)/\(seed): \(packages.map(\.words)) in \(index)")
                    if strategy == .highest { answers.insert(packages.map(\.words)) }
                    verdicts.solved += 1
                case .failure(.noSolution):
                    #expect(!search.isSolvable, "seed \(block)/\(seed): \(index)")
                    if strategy == .highest { answers.insert(nil) }
                    verdicts.refused += 1
                case .failure(let error): Issue.record(error)
                }
            }
            #expect(answers.count == 1, "seed \(block)/\(seed): \(answers) in \(index)")
        }
        #expect(verdicts.solved > 0 && verdicts.refused > 0, "one-sided indexes test little: \(verdicts)")
    }
}
