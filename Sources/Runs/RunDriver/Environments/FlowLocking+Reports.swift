package import FlowModel
import Interpreters
package import Lockfiles
package import PythonPackaging
package import Resolution

/// The lock that steps of a flow have on this machine, and what they asked for.
package struct StepLock: Sendable {
    package var steps: [StepName]
    package var lock: PyLock
    /// The file's name, if it lies beside the flow.
    package var file: String?
    package var requirements: [RootRequirement]
    /// This machine, with the step's Python.
    package var target: PythonTarget
    /// Whether it comes from the `uv.lock` of a project.
    package var isOfProject = false
}

extension FlowLocking {
    /// The locks that a run would use, of steps that ask for packages; resolved where there is none.
    package func reported(_ wishes: FlowWishes) async throws -> [StepLock] {
        try await closingIndexes {
            var locks: [StepLock] = []
            for entry in wishes.entries where !entry.wish.isEmpty {
                do {
                    locks.append(try await reported(entry))
                } catch {
                    throw StepEnvironmentError(entry, cause: error)
                }
            }
            return locks
        }
    }

    private func reported(_ entry: FlowWishes.Entry) async throws -> StepLock {
        let interpreter = try await interpreter(of: entry)
        let target = interpreter.target
        let used = try await lock(
            entry, key: entry.wish.lockKey(target: target), interpreter: interpreter, isLocked: false)
        let isCommitted = try entry.lockName.flatMap { name throws in try self.committed.read(name) } == used
        // Conda's Python may be another one.
        let place = used.conda == nil ? target : try used.target(on: interpreter)
        return StepLock(
            steps: entry.steps, lock: used, file: isCommitted ? entry.lockName?.file : nil,
            requirements: entry.wish.requirements, target: place, isOfProject: entry.wish.project != nil)
    }
}
