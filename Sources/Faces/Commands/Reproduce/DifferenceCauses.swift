import FlowModel
import WorkerProtocol

/// Why artifacts differ, as far as inputs, code and looks tell.
struct DifferenceCauses {
    private let tasks: TaskPairs
    private let artifacts: ArtifactPairs
    private let results: [DigestPair: ArtifactResult]
    private let explained: [StepName: ExplainedStep]
    private let circumstances: Circumstances
    /// The step that stored something that differs, by what it stored.
    private var makers: [DigestPair: StepName] = [:]

    /// Tasks of a step whose inputs are looked at; more would tell nothing else.
    private static let mostTasks = 50

    init(
        _ tasks: TaskPairs, _ artifacts: ArtifactPairs, results: [DigestPair: ArtifactResult],
        explained: [StepName: ExplainedStep], _ circumstances: Circumstances
    ) {
        self.tasks = tasks
        self.artifacts = artifacts
        self.results = results
        self.explained = explained
        self.circumstances = circumstances
        for artifact in artifacts.own where !artifact.isIdentical && makers[artifact.digests] == nil {
            makers[artifact.digests] = tasks.all[artifact.task].step
        }
    }

    /// - Parameter cases: the tasks in which the artifact differs; at least one.
    func reasons(for name: String, _ cases: [(ArtifactPair, ArtifactResult)]) -> [ReproductionReport.Reason] {
        guard let first = cases.first else { return [] }
        let step = tasks.all[first.0.task].step
        let code = explained[step]
        var reasons = chances(for: name, code).map(reason)
        reasons += inputs(of: name, cases, code).map { input in
            .init(kind: .input, text: "comes from \(input.name) of step \(input.maker), which differs")
        }
        reasons += circumstances.changes(of: step).map { .init(kind: .circumstance, text: $0) }
        if reasons.isEmpty || reasons.allSatisfy({ $0.kind == .circumstance }), let look = look(first.1) { reasons.append(look) }
        if reasons.isEmpty {
            reasons.append(
                .init(
                    kind: .unknown,
                    text: code == nil
                        ? "the code of the step could not be read, and its inputs are the same"
                        : "its inputs are the same, and nothing was found in the code that differs by itself: look at threads, the "
                            + "processor, and files or services outside of the run"))
        }
        return reasons
    }

    // MARK: The code

    private func chances(for name: String, _ code: ExplainedStep?) -> [ExplainedStep.Chance] {
        let all = code?.chances ?? []
        let direct = all.filter { $0.artifacts.contains(name) }
        if !direct.isEmpty { return direct }
        // Of what names do not lead to anywhere, anything can be made; so it can where the artifact's own making was not seen.
        guard code?.made?[name] == nil else { return [] }
        return all
    }

    private func reason(_ chance: ExplainedStep.Chance) -> ReproductionReport.Reason {
        let inside = chance.inside.map { ", by way of \($0.text) in \($0.file):\($0.line)" } ?? ""
        return .init(
            kind: .chance, text: "comes from \(ChanceWords.words(chance.kind))\(inside)", place: "\(chance.file):\(chance.line)",
            code: chance.text)
    }

    // MARK: The inputs

    private struct Input: Hashable {
        let name: String
        let maker: String
    }

    /// Inputs that differ already: those that the artifact is made of, where the code tells, else all that the step reads.
    private func inputs(
        of name: String, _ cases: [(ArtifactPair, ArtifactResult)], _ code: ExplainedStep?
    ) -> [Input] {
        var found: [Input] = []
        for (artifact, _) in cases.prefix(Self.mostTasks) {
            for parent in tasks.inputs(of: tasks.all[artifact.task]) {
                for (input, digests) in artifacts.differing[parent] ?? [:] where results[digests]?.differs == true {
                    let each = Input(name: input, maker: makers[digests]?.text ?? tasks.all[parent].step.text)
                    if !found.contains(each) { found.append(each) }
                }
            }
        }
        found.sort { ($0.maker, $0.name) < ($1.maker, $1.name) }
        guard let code else { return found }
        guard let made = code.made?[name].map(Set.init) else {
            // Taken over as it was, if an input goes by that name.
            let same = found.filter { $0.name == name }
            return same.isEmpty ? found : same
        }
        let narrow = found.filter { made.contains($0.name) }
        if !narrow.isEmpty || !chances(for: name, code).isEmpty { return narrow }
        // The item of a foreach goes by another name than what was split, and so does what functions are given.
        let reads = Set(code.reads ?? [])
        return found.filter { reads.contains($0.name) || reads.contains("input") }
    }

    // MARK: The value

    private func look(_ result: ArtifactResult) -> ReproductionReport.Reason? {
        guard case .different(_, let largest, let nature) = result else { return nil }
        let text: String? =
            switch nature {
            case "time": "the value looks like a time at which the task ran"
            case "uuid": "the value looks like a UUID, which is another one each time"
            case "run": "the value holds the id of its run"
            case "path": "the value is a path, and the code lies at another place now"
            default:
                largest.map { $0 < 1e-6 } == true
                    ? "only the last digits of numbers differ: sums in another order, as of threads or another processor, do that "
                        + "(--tolerance lets them pass)"
                    : nil
            }
        return text.map { .init(kind: .look, text: $0) }
    }
}

/// What code reads that differs by itself, in words.
enum ChanceWords {
    static func words(_ kind: String) -> String {
        switch kind {
        case "clock": "the clock"
        case "uuid": "a UUID, another one each time"
        case "system": "random bytes of the system"
        case "generator": "a generator of random numbers that is given no seed"
        case "shared": "random numbers, for which the recorded run kept no seed"
        case "order": "the order of a set, which each process has its own of"
        case "hash": "hash(), which each process has its own of"
        case "process": "numbers of the process"
        case "machine": "facts of the machine"
        case "name": "temporary files, whose names are random"
        case "variables": "variables of the environment, which are not recorded"
        case "folder": "folders of the machine, or the order of what is in them"
        case "network": "what the network gives"
        case "program": "what another program gives"
        case "threads": "the order in which threads or processes end"
        case "run": "facts of the run itself, as its id"
        case "gpu": "what a graphics processor computes"
        default: "something that differs by itself (\(kind))"
        }
    }
}
