import Digests
import FlowModel
import FoundationEssentials
import Ledger
import RunDriver
import WorkerProtocol

/// Compares a run with the one that it reproduces, and finds out why what differs does.
struct ReproductionInquiry {
    private let run: RepeatedRun
    private let tolerance: Double
    private let comparison: ValueComparison
    private let ledger: RunLedger
    private let tasks: TaskPairs
    private let artifacts: ArtifactPairs

    /// How many tasks with a result other than identical are told of each artifact.
    private static let mostCases = 5

    init(_ run: RepeatedRun, tolerance: Double, session: FlowSession, records: RunRecords) throws {
        self.run = run
        self.tolerance = tolerance
        ledger = records.ledger
        comparison = ValueComparison(run, tolerance: tolerance, session: session, store: records.store)
        tasks = try TaskPairs(run.recorded.key, run.key, in: ledger)
        artifacts = try ArtifactPairs(tasks, run.recorded.key, run.key, in: ledger)
    }

    func report() throws -> ReproductionReport {
        let results = comparison.results(artifacts.own, of: tasks)
        let circumstances = try Circumstances(run)
        let differing = Set(artifacts.own.filter { !$0.isIdentical && results[$0.digests]?.differs == true }
            .map { tasks.all[$0.task].step })
        let explained = comparison.explained(
            differing.sorted { $0.text < $1.text }.map {
                ExplainRequest.Step(
                    name: $0.text, seeded: circumstances.isSeeded, hashFixed: circumstances.isHashFixed(in: $0))
            })
        let causes = DifferenceCauses(tasks, artifacts, results: results, explained: explained, circumstances)
        let steps = stepNames.map { step($0, results, causes) }
        return ReproductionReport(
            recorded: run.recorded.words, repeated: "\(run.key.flow)/\(run.key.run)", tolerance: tolerance,
            verdict: try verdict(steps), circumstances: circumstances.all, steps: steps)
    }

    /// Steps that have tasks in either run, in the order of the flow.
    private var stepNames: [StepName] {
        let known = Set(tasks.all.map(\.step))
        return run.graph.nodes.map(\.name).filter(known.contains)
    }

    private func verdict(_ steps: [ReproductionReport.Step]) throws -> ReproductionReport.Verdict {
        let isSuccessful = try ledger.run(run.key)?.isSuccessful ?? false
        if !isSuccessful, run.recorded.run.isSuccessful { return .failed }
        let results = steps.flatMap(\.artifacts).map(\.result)
        let isDifferent = results.contains { ["different", "missing", "new"].contains($0) }
        if isDifferent || steps.contains(where: { !$0.problems.isEmpty }) { return .different }
        return results.contains("not comparable") ? .unclear : .same
    }

    // MARK: A step

    private func step(
        _ name: StepName, _ results: [DigestPair: ArtifactResult], _ causes: DifferenceCauses
    ) -> ReproductionReport.Step {
        let pairs = tasks.all.filter { $0.step == name }
        let own = Dictionary(grouping: artifacts.own.filter { tasks.all[$0.task].step == name }, by: \.name)
        return ReproductionReport.Step(
            name: name.text, tasks: pairs.count { $0.recorded != nil && $0.repeated != nil && !$0.isTakenOver },
            takenOver: pairs.count(where: \.isTakenOver), problems: problems(pairs),
            artifacts: own.sorted { $0.key < $1.key }.map { artifact($0, $1, results, causes) })
    }

    private func artifact(
        _ name: String, _ pairs: [ArtifactPair], _ results: [DigestPair: ArtifactResult], _ causes: DifferenceCauses
    ) -> ReproductionReport.Artifact {
        var counts: [String: Int] = [:]
        var worst = ArtifactResult.identical
        var cases: [(ArtifactPair, ArtifactResult)] = []
        for pair in pairs {
            let result = pair.isIdentical ? .identical : results[pair.digests] ?? .unreadable(how: "it was not compared")
            counts[result.name, default: 0] += 1
            if result.weight > worst.weight { worst = result }
            if result.weight > 0 { cases.append((pair, result)) }
        }
        // The worst come first, each in the order of the tasks.
        let shown = cases.enumerated().sorted {
            ($1.element.1.weight, $0.offset) < ($0.element.1.weight, $1.offset)
        }.prefix(Self.mostCases).map(\.element)
        let differing = cases.filter(\.1.differs)
        return ReproductionReport.Artifact(
            name: name, result: worst.name, counts: counts, cases: shown.map(shownCase),
            reasons: differing.isEmpty ? [] : causes.reasons(for: name, differing))
    }

    private func shownCase(_ pair: ArtifactPair, _ result: ArtifactResult) -> ReproductionReport.Case {
        let task = tasks.all[pair.task]
        func path(_ record: TaskRecord?, _ key: RunKey) -> String {
            record.map { Pathspec(key.flow, key.run, $0.step, $0.task).description } ?? ""
        }
        var largest: Double?
        if case .different(_, let apart, _) = result { largest = apart }
        return ReproductionReport.Case(
            task: task.words, recorded: path(task.recorded, run.recorded.key), repeated: path(task.repeated, run.key),
            result: result.name, how: result.how, largest: largest)
    }

    // MARK: Tasks that cannot be compared

    private func problems(_ pairs: [TaskPair]) -> [String] {
        var problems: [String] = []
        let missing = pairs.filter { $0.repeated == nil }
        let added = pairs.filter { $0.recorded == nil }
        if !missing.isEmpty { problems.append("\(counted(missing.count)) of the recorded run did not run again: \(some(missing))") }
        if !added.isEmpty { problems.append("\(counted(added.count)) ran that the recorded run did not have: \(some(added))") }
        let ended = pairs.filter { pair in
            guard let old = pair.recorded, let new = pair.repeated else { return false }
            return old.isFinished && new.isFinished && old.isSuccessful != new.isSuccessful
        }
        let (failed, succeeded) = (ended.filter { $0.repeated?.isSuccessful == false }, ended.filter { $0.repeated?.isSuccessful == true })
        if !failed.isEmpty { problems.append("\(counted(failed.count)) failed that had succeeded: \(some(failed))") }
        if !succeeded.isEmpty { problems.append("\(counted(succeeded.count)) succeeded that had failed: \(some(succeeded))") }
        return problems
    }

    private func counted(_ count: Int) -> String { count == 1 ? "1 task" : "\(count) tasks" }

    private func some(_ pairs: [TaskPair]) -> String {
        pairs.prefix(3).map(\.words).joined(separator: ", ") + (pairs.count > 3 ? " and \(pairs.count - 3) more" : "")
    }
}
