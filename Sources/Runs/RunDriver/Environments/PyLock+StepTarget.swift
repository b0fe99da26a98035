import CondaPackaging
import Interpreters
import Lockfiles
import PythonPackaging

extension PyLock {
    /// What the environment of the lock is on this machine: with a Python of conda that one, otherwise the interpreter's.
    ///
    /// - Parameter interpreter: of this machine.
    func target(on interpreter: Interpreter) throws -> PythonTarget {
        guard let python = condaPackages(on: interpreter).first(where: { $0.record.name.description == "python" }) else {
            return interpreter.target
        }
        return try PythonTarget(platform: interpreter.target.platformName, python: python.record.version.description)
    }

    /// The packages of conda that are installed on this machine.
    func condaPackages(on interpreter: Interpreter) -> [LockedCondaPackage] {
        let machine = interpreter.target.platformName
        return (conda?.packages ?? []).filter { package in
            package.targets.isEmpty || package.targets.contains { $0.covers(LockTarget(platform: machine, python: $0.python)) }
        }
    }

    /// The names and versions of all packages on this machine, of both worlds, in the order of names.
    func names(on interpreter: Interpreter) throws -> [StepEnvironment.LockedName] {
        let python = LockGraph(self, on: try target(on: interpreter)).packages.map {
            StepEnvironment.LockedName(name: $0.name.description, version: $0.version?.description)
        }
        let conda = condaPackages(on: interpreter).map {
            StepEnvironment.LockedName(name: $0.record.name.description, version: $0.record.version.description)
        }
        return conda.isEmpty ? python : (python + conda).sorted { $0.name < $1.name }
    }
}
