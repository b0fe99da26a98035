package import Environments
package import FlowModel
import Interpreters
package import Lockfiles
import PythonPackaging

/// How the environment of some steps stands, before anything is resolved or built.
package struct StepEnvironmentState: Sendable {
    /// In the order of the graph.
    package var steps: [StepName]
    /// What is asked for, as PEP 508 writes it.
    package var requirements: [String]
    /// The version of the Python that they run with; where it is a conda package that is not resolved yet, what is asked of it.
    package var python: String
    /// Absent where a run would have to resolve it.
    package var lock: PyLock?
    /// The Python packages of the lock on this machine.
    package var packages: [LockedPackage] = []
    /// The conda packages of the lock on this machine.
    package var conda: [LockedCondaPackage] = []
    /// The name of the lock, if it lies beside the flow.
    package var file: String?
    /// Absent where a run would have to build it.
    package var stored: StoredEnvironment?
}

extension FlowEnvironments {
    /// How the environments of the steps stand. Asks no index, and makes nothing.
    package func states(of wishes: FlowWishes) async throws -> [StepEnvironmentState] {
        var states: [StepEnvironmentState] = []
        for entry in wishes.entries {
            states.append(try await made(for: entry) { try await state(of: entry) })
        }
        return states
    }

    private func state(of entry: FlowWishes.Entry) async throws -> StepEnvironmentState {
        let interpreter = try await locking.interpreter(of: entry)
        var state = StepEnvironmentState(
            steps: entry.steps, requirements: entry.wish.words,
            python: entry.wish.conda?.pythonText(launching: interpreter.version) ?? interpreter.version.description)
        let key = entry.wish.lockKey(target: interpreter.target)
        guard let known = try locking.known(entry, key: key, interpreter: interpreter) else { return state }
        state.lock = known.lock
        state.file = known.file
        let target = try known.lock.target(on: interpreter)
        if known.lock.conda != nil { state.python = target.pythonVersion.description }
        state.packages = LockGraph(known.lock, on: target).packages
        state.conda = known.lock.condaPackages(on: interpreter)
        let folder = locking.base(of: entry)
        let digest = known.lock.conda == nil
            ? try await store.digest(of: known.lock, interpreter: interpreter, relativeTo: folder)
            : try await store.digest(of: known.lock, for: LockTarget(target), relativeTo: folder)
        state.stored = store.environment(digest)
        return state
    }
}
