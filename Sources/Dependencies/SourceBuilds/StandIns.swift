import Interpreters
import PythonPackaging

extension InterpreterFinder {
    /// The Python of this machine that builds for a target, where only metadata is wanted: of the same series if there is
    /// one, else the newest; metadata that depends on the Python is rare, and most of it on the series.
    func standIn(for target: PythonTarget) async throws(InterpreterError) -> Interpreter {
        let all = await all()
        let released = all.filter { !$0.version.isPrerelease && !$0.isDebugBuild && !$0.isFreeThreaded }
        let candidates = released.isEmpty ? all : released
        let alike = candidates.filter { $0.isLike(target) }
        guard let best = (alike.isEmpty ? candidates : alike).max(by: { $0.version < $1.version }) else {
            // Says where Pythons are looked for.
            return try await find()
        }
        return best
    }
}

extension Interpreter {
    /// Whether it is of the implementation and series of a target's Python.
    func isLike(_ target: PythonTarget) -> Bool {
        implementation == target.markerEnvironment.implementationName && version.major == target.pythonVersion.major
            && version.minor == target.pythonVersion.minor
    }
}
