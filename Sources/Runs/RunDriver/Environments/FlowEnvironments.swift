import CondaChannels
package import Diagnostics
import Digests
import Environments
package import FlowModel
import Interpreters
import Ledger
import Lockfiles
package import PackageSources
import PythonPackaging
import Resolution
package import SystemPackage

/// Gives the steps of a flow their environments: finds the Python, resolves once, and builds what is not there yet.
///
/// The first lock that answers what is asked counts: one beside the flow, which is meant for version control; one of the
/// project's store, so that a range stays frozen until someone asks anew. With lock and environment at hand nothing is
/// fetched and no client is made.
package struct FlowEnvironments: Sendable {
    let locking: FlowLocking
    let store: EnvironmentStore
    private let progress: ProgressSink
    /// Whether only locks beside the flow count.
    private let isLocked: Bool
    /// Whether environments are compared with what was installed.
    private let verifies: Bool
    /// Puts what the environments are made of into the datastore of the run.
    private let keeper: SnapshotKeeper?

    /// - Parameters:
    ///   - supply: where packages are besides the indexes.
    ///   - keeper: for a run that is to have a snapshot.
    package init(
        _ locking: FlowLocking, isLocked: Bool = false, verifies: Bool = false, compilesBytecode: Bool = false,
        supply: ArchiveSupply? = nil, keeper: SnapshotKeeper? = nil
    ) {
        self.keeper = keeper
        self.locking = locking
        self.isLocked = isLocked
        self.verifies = verifies
        progress = locking.progress
        var store = EnvironmentStore(
            cache: locking.cache, builder: locking.builder, compilesBytecode: compilesBytecode, progress: locking.progress)
        store.supply = supply
        store.keepsArchives = keeper != nil
        store.conda = locking.condaInstall
        self.store = store
    }

    /// Makes the environments of steps; steps that ask for the same share one. Nothing is built before all is resolved.
    ///
    /// - Parameter step: the one step that runs, where not all do.
    package func prepare(_ wishes: FlowWishes, only step: StepName? = nil) async throws -> [StepName: StepEnvironment] {
        try await locking.closingIndexes {
            let plans = try await plans(wishes.entries.filter { entry in step.map(entry.steps.contains) ?? true })
            var prepared: [StepName: StepEnvironment] = [:]
            // Where nothing is installed nothing can fail: if something does, nothing was made.
            for plan in plans.filter({ !$0.entry.wish.isEmpty }) + plans.filter(\.entry.wish.isEmpty) {
                var made = try await made(for: plan.entry) { try await make(plan) }
                made.snapshot = try await keep(plan)
                for step in plan.entry.steps { prepared[step] = made }
            }
            return prepared
        }
    }

    /// Resolves without building anything: the texts of the locks by the names that they have in a code package.
    package func locks(of wishes: FlowWishes) async throws -> [String: String] {
        try await locking.closingIndexes {
            Dictionary(try await plans(wishes.entries).map { (StepEnvironment.lockFile($0.key), $0.lock.text) }) { $1 }
        }
    }

    /// What a code package holds of the environments, which are not built: locks, and wheels of projects in folders.
    package func packed(_ wishes: FlowWishes) async throws -> PackedEnvironments {
        try await locking.closingIndexes {
            var packed = PackedEnvironments(project: wishes.project)
            for plan in try await plans(wishes.entries) {
                let (lock, wheels) = try await self.packed(plan)
                packed.add(lock.text, as: StepEnvironment.lockFile(plan.key), wheels: wheels)
            }
            return packed
        }
    }

    private func packed(_ plan: Plan) async throws -> (lock: PyLock, wheels: [FilePath]) {
        guard plan.entry.wish.project != nil else { return (plan.lock, []) }
        return try await PackedProjects(
            builder: locking.builder, interpreter: plan.interpreter, folder: locking.base(of: plan.entry), progress: progress
        ).packed(plan.lock)
    }

    /// What is to be built.
    private struct Plan {
        let entry: FlowWishes.Entry
        let interpreter: Interpreter
        /// Stands for what is asked for.
        let key: SHA256Digest
        let lock: PyLock

        var kind: StepEnvironment.Kind {
            if entry.wish.project != nil { return .uv }
            return lock.conda == nil ? .pypi : .conda
        }
    }

    private func plans(_ entries: [FlowWishes.Entry]) async throws -> [Plan] {
        var plans: [Plan] = []
        for entry in entries {
            plans.append(
                try await made(for: entry) {
                    let interpreter = try await locking.interpreter(of: entry)
                    let key = entry.wish.lockKey(target: interpreter.target)
                    let lock = try await locking.lock(entry, key: key, interpreter: interpreter, isLocked: isLocked)
                    return Plan(entry: entry, interpreter: interpreter, key: key, lock: lock)
                })
        }
        return plans
    }

    /// A failure is told as that of the steps.
    func made<Value>(for entry: FlowWishes.Entry, _ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch {
            throw StepEnvironmentError(entry, cause: error)
        }
    }

    private func make(_ plan: Plan) async throws -> StepEnvironment {
        let built = try await build(plan.lock, of: plan.entry, key: plan.key, on: plan.interpreter)
        for warning in built.warnings { progress(.warning("\(warning)")) }
        if verifies { try await verify(plan) }
        let packed = try await packed(plan)
        return StepEnvironment(
            kind: plan.kind, python: built.python, root: built.path, digest: built.digest,
            hold: built.hold, lock: packed.lock.text, wheels: packed.wheels, lockFile: StepEnvironment.lockFile(plan.key),
            pythonVersion: try plan.lock.target(on: plan.interpreter).pythonVersion.description,
            packages: try plan.lock.names(on: plan.interpreter))
    }

    private func keep(_ plan: Plan) async throws -> [SnapshotEntry] {
        guard let keeper else { return [] }
        return try await keeper.keep(
            plan.lock, on: plan.interpreter, relativeTo: locking.base(of: plan.entry), of: store, locking)
    }

    private func verify(_ plan: Plan) async throws {
        let report = try await report(on: plan)
        for damage in report.damages where damage.isMended {
            progress(.warning("\(damage.path) \(damage.problem); mended"))
        }
        if !report.isRight { throw DamagedEnvironmentError(report: report) }
    }

    private func report(on plan: Plan) async throws -> VerificationReport {
        let folder = locking.base(of: plan.entry)
        guard plan.lock.conda != nil else {
            return try await store.verify(
                plan.lock, interpreter: plan.interpreter, relativeTo: folder, mends: true, finder: locking.finder
            ) { try await locking.client(for: plan.interpreter) }
        }
        return try await store.verify(
            plan.lock, for: LockTarget(try plan.lock.target(on: plan.interpreter)), relativeTo: folder, mends: true,
            finder: locking.finder, openArchives: { try await locking.channels.client().archives },
            openClient: { try await locking.client(for: plan.interpreter) })
    }

    /// A lock whose files are refused is forgotten: once the index is mended, the next run resolves anew.
    private func build(
        _ lock: PyLock, of entry: FlowWishes.Entry, key: SHA256Digest, on interpreter: Interpreter
    ) async throws -> BuiltEnvironment {
        do {
            return try await store.ensure(lock, on: interpreter, relativeTo: locking.base(of: entry), locking)
        } catch {
            if (error as? EnvironmentError)?.blamesTheLock == true { locking.shelf.drop(key) }
            throw error
        }
    }
}

extension EnvironmentStore {
    /// The environment of a lock on this machine, with the Python of conda where the lock has one.
    func ensure(
        _ lock: PyLock, on interpreter: Interpreter, relativeTo folder: FilePath, _ locking: FlowLocking
    ) async throws -> BuiltEnvironment {
        guard lock.conda != nil else {
            return try await ensure(lock, interpreter: interpreter, relativeTo: folder) {
                try await locking.client(for: interpreter)
            }
        }
        return try await ensure(
            lock, for: LockTarget(try lock.target(on: interpreter)), relativeTo: folder, finder: locking.finder,
            openArchives: { try await locking.channels.client().archives },
            openClient: { try await locking.client(for: interpreter) })
    }
}

extension StepEnvironmentError {
    init(_ entry: FlowWishes.Entry, cause: any Error) {
        let asker = entry.wish.asker
        self.init(steps: entry.steps, file: asker?.file, line: asker?.line, cause: cause)
    }
}
