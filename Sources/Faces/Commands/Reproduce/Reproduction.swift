import CodePackage
import Digests
import Environments
import FlowModel
import FoundationEssentials
import Interpreters
import Ledger
import Lockfiles
import PackageSources
import RunDriver
import SystemPackage
import WorkerProtocol

/// A recorded run as the plan of a new one: its code, its environments and its seed.
struct Reproduction: Sendable {
    let recorded: RecordedRun
    /// Where its code package lies.
    let locks: FilePath
    /// What its tasks have noted.
    let noted: [StepName: RecordedEnvironment]
    let isOffline: Bool

    init(_ recorded: RecordedRun, code: UnpackedCode, isOffline: Bool) throws {
        self.recorded = recorded
        locks = code.locks
        noted = try recorded.environments()
        self.isOffline = isOffline
    }

    var seed: RunSeed? { recorded.seed }

    /// The very package: the new run has no code of its own. What is known of its checkout stays; the machine is this one. Blocks.
    func code(with facts: PackageFactsHere) throws -> PackagedCode {
        let info = PackageMetadata(parsing: recorded.code.metadata).info.merging(facts.machine) { _, here in here }
        return PackagedCode(
            digest: recorded.code.digest, archive: { try recorded.archive() }, script: recorded.code.script,
            metadata: PackageMetadata(info: info).text)
    }

    /// Makes the environments of the record again, each from its lock.
    func environments(
        of graph: FlowGraph, in session: FlowSession, seed: RunSeed, datastore: PackageDatastore
    ) throws -> StepEnvironments {
        var made = try StepEnvironments(try made(in: session, datastore), in: session, seed: seed)
        let isLocal = session.options.environmentSource == .local
        for node in graph.nodes where !isLocal && node.decorators.isIsolated && noted[node.name] == nil {
            made.leaveWithout(node.name)
        }
        return made
    }

    private func made(in session: FlowSession, _ datastore: PackageDatastore) throws -> [StepName: StepEnvironment] {
        guard !noted.isEmpty else { return [:] }
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        var indexes = IndexOptions()
        indexes.isOffline = isOffline
        let locking = try FlowLocking(of: session, indexes: indexes, progress: progress.sink)
        let packages = try datastore.opened(in: session, cache: locking.cache, progress: progress.sink)
        let remade = RecordedEnvironments(
            locking, folder: locks, compilesBytecode: OptionChoices(settings: session.settings).isOn("COMPILE_BYTECODE"),
            supply: packages.supply, keeper: packages.keeper)
        let wanted = try Dictionary(grouping: noted, by: \.value).map { note, steps in
            let steps = steps.map(\.key).sorted { $0.text < $1.text }
            return RecordedEnvironments.Wanted(
                steps: steps, kind: StepEnvironment.Kind(rawValue: note.type) ?? .pypi, python: note.python,
                lock: try text(of: note.lock, for: steps[0]), file: note.lock)
        }
        return try waitingUnlessInterrupted { try await remade.prepare(wanted) }
    }

    private func text(of lock: String, for step: StepName) throws -> String {
        guard let data = FileManager.default.contents(atPath: locks.appending(lock).string) else {
            throw ReproduceError.noLock(step: step, file: lock)
        }
        return String(decoding: data, as: UTF8.self)
    }
}
