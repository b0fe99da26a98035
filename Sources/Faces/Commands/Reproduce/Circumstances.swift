import CodePackage
import Digests
import Executors
import FlowModel
import Ledger
import RunDriver

/// How two runs were run: what they had in common, and what not.
struct Circumstances {
    private(set) var all: [ReproductionReport.Circumstance] = []
    /// Whether steps that set no seed drew the same random numbers.
    let isSeeded: Bool
    private let launchingHashSeed: String?
    private let isolated: Set<StepName>
    private var changed: [StepName: [String]] = [:]

    /// Steps that ran in an earlier run than the recorded one.
    private let ranElsewhere: Set<StepName>

    init(_ run: RepeatedRun) throws {
        let recorded = run.recorded
        isSeeded = recorded.seed != nil
        launchingHashSeed = recorded.options.hashSeed
        isolated = Set(run.noted.keys)
        ranElsewhere = try recorded.stepsTakenOver()
        add("code", recorded.code.digest.hex, recorded.code.digest.hex)
        add("parameters", "as recorded", "as recorded")
        if recorded.run.configuration != nil { add("configs", "as recorded", "as recorded") }
        if let seed = recorded.seed { add("random seed", seed.text, seed.text) } else {
            add("random seed", "not recorded", "a new one")
        }
        addInterpreters(run)
        addEnvironments(run)
        if case .string(let platform)? = PackageMetadata(parsing: recorded.code.metadata).info["platform"] {
            add("platform", platform, PackageFactsHere.platform)
        }
        let version = recorded.facts["metaflow_version"] ?? "unknown"
        add("version of Penstock", version, EngineVersion.current)
    }

    private mutating func add(_ name: String, _ recorded: String, _ repeated: String) {
        all.append(.init(name: name, recorded: recorded, repeated: repeated, isSame: recorded == repeated))
    }

    private mutating func addInterpreters(_ run: RepeatedRun) {
        let recorded = run.recorded.facts["python_version"] ?? "unknown"
        let steps = run.graph.nodes.map(\.name).filter { run.environments.hosts[$0] == nil }
        guard !steps.isEmpty else { return }
        add("Python of steps without an environment", recorded, run.pythonVersion)
        guard recorded != run.pythonVersion else { return }
        for step in steps { changed[step, default: []].append("its Python was \(recorded), and is \(run.pythonVersion)") }
    }

    private mutating func addEnvironments(_ run: RepeatedRun) {
        for node in run.graph.nodes {
            guard let noted = run.noted[node.name], let host = run.environments.hosts[node.name] else { continue }
            add("environment of \(node.name)", noted.id, host.description)
            guard noted.id != host.description else { continue }
            changed[node.name, default: []].append("its environment is not the very same (another Python of the series, another platform, or other scripts of conda packages)")
        }
    }

    /// What changed around a step, in words.
    func changes(of step: StepName) -> [String] { changed[step] ?? [] }

    /// Whether the order of sets of texts was the same in both runs.
    func isHashFixed(in step: StepName) -> Bool {
        !ranElsewhere.contains(step) && (isolated.contains(step) ? isSeeded : launchingHashSeed != nil)
    }
}
