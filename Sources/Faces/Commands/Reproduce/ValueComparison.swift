import Datastore
import Diagnostics
import Digests
import Executors
import FlowModel
import FoundationEssentials
import Ledger
import RunDriver
import WorkerProtocol

/// Asks workers about values: each in the environment of the step that made it, where it can be loaded.
final class ValueComparison {
    private let run: RepeatedRun
    private let session: FlowSession
    private let store: BlobStore
    private let tolerance: Double
    private var errands = 0

    init(_ run: RepeatedRun, tolerance: Double, session: FlowSession, store: BlobStore) {
        self.run = run
        self.tolerance = tolerance
        self.session = session
        self.store = store
    }

    /// What becomes of artifacts whose bytes differ. Each pair of values is compared once.
    func results(_ artifacts: [ArtifactPair], of tasks: TaskPairs) -> [DigestPair: ArtifactResult] {
        var results: [DigestPair: ArtifactResult] = [:]
        var waiting: [HostKey: [ArtifactPair]] = [:]
        var known: Set<DigestPair> = []
        for artifact in artifacts where !artifact.isIdentical && known.insert(artifact.digests).inserted {
            guard artifact.recorded != nil else {
                results[artifact.digests] = .onlyRepeated
                continue
            }
            guard artifact.repeated != nil else {
                results[artifact.digests] = .onlyRecorded
                continue
            }
            waiting[run.environments.hosts[tasks.all[artifact.task].step] ?? .launching, default: []].append(artifact)
        }
        for (host, artifacts) in waiting.sorted(by: { $0.key.description < $1.key.description }) {
            compare(artifacts, of: tasks, on: host) { results[$0.digests] = $1 }
        }
        return results
    }

    /// A process that ends in the middle has met a value that it cannot stand; the next one goes on behind it.
    private func compare(
        _ artifacts: [ArtifactPair], of tasks: TaskPairs, on host: HostKey, _ found: @escaping (ArtifactPair, ArtifactResult) -> Void
    ) {
        var begin = 0
        while begin < artifacts.count {
            let pairs = artifacts[begin...].enumerated().compactMap { pair($1, number: begin + $0, of: tasks) }
            let request = CompareRequest(flow: run.key.flow.text, tolerance: tolerance, pairs: pairs)
            var told = 0
            let problem = perform(.compare(request), on: host) { number, text in
                guard let number = Int(number), artifacts.indices.contains(number),
                    let values = try? JSONDecoder().decode(ComparedValues.self, from: Data(text.utf8))
                else { return }
                told += 1
                found(artifacts[number], ArtifactResult(values))
            }
            guard let problem, begin + told < artifacts.count else { return }
            found(artifacts[begin + told], .unreadable(how: problem))
            begin += told + 1
        }
    }

    private func pair(_ artifact: ArtifactPair, number: Int, of tasks: TaskPairs) -> ComparedPair? {
        guard let old = artifact.recorded, let new = artifact.repeated else { return nil }
        let task = tasks.all[artifact.task]
        func side(_ record: ArtifactRecord, _ task: TaskRecord?, _ key: RunKey) -> ComparedPair.Side {
            ComparedPair.Side(
                digest: record.digest, size: record.size, type: record.type, run: key.run.text,
                began: task?.createdAt.seconds, ended: task?.finishedAt?.seconds)
        }
        return ComparedPair(
            id: number, name: artifact.name, recorded: side(old, task.recorded, run.recorded.key),
            repeated: side(new, task.repeated, run.key))
    }

    /// What is found in the code of steps; nothing of those whose code cannot be read.
    func explained(_ steps: [ExplainRequest.Step]) -> [StepName: ExplainedStep] {
        var explained: [StepName: ExplainedStep] = [:]
        guard !steps.isEmpty else { return explained }
        _ = perform(.explain(ExplainRequest(flow: run.key.flow.text, steps: steps)), on: .launching) { step, text in
            explained[StepName(step)] = try? JSONDecoder().decode(ExplainedStep.self, from: Data(text.utf8))
        }
        return explained.filter(\.value.complete)
    }

    /// - Returns: Why the process did not come to its end; `nil` if it did.
    private func perform(_ job: TaskReply, on host: HostKey, _ onFact: @escaping (String, String) -> Void) -> String? {
        errands += 1
        let name = AttemptName(step: "_comparison", task: TaskID(number: errands), attempt: 0)
        let errand = HostErrand(job, named: name, pool: session.pool, loop: session.loop, store: store)
        errand.onFacts = { for item in $0 { onFact(item.name, item.value) } }
        errand.onOutput = { [session] _, bytes, _ in session.error.write(String(decoding: bytes, as: UTF8.self)) }
        switch errand.run(on: host) {
        case .done(let result) where result.ok: return nil
        case .done(let result): return result.exception?.message ?? "the worker failed"
        case .unfinished(.signalled(let signal)): return "the process that loaded it was ended by signal \(signal)"
        case .unfinished: return "the process that loaded it ended"
        case .hostFailed(let failure): return failure.diagnostic.headline
        }
    }
}
