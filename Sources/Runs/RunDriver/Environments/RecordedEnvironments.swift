import CondaChannels
import Diagnostics
import Environments
package import FlowModel
import Interpreters
import Lockfiles
package import PackageSources
import PythonPackaging
package import SystemPackage

/// Makes the environments of a recorded run again: from their locks, whatever the flow would resolve today.
package struct RecordedEnvironments: Sendable {
    /// An environment that steps had.
    package struct Wanted: Sendable {
        package var steps: [StepName]
        package var kind: StepEnvironment.Kind
        /// The version of its Python; another one of the series serves where it is not to be had.
        package var python: String
        /// The text of its lock.
        package var lock: String
        /// The name of the lock in the code package.
        package var file: String

        package init(steps: [StepName], kind: StepEnvironment.Kind, python: String, lock: String, file: String) {
            self.steps = steps
            self.kind = kind
            self.python = python
            self.lock = lock
            self.file = file
        }
    }

    private let locking: FlowLocking
    private let folder: FilePath
    private let store: EnvironmentStore
    private let keeper: SnapshotKeeper?

    /// - Parameters:
    ///   - folder: where the locks of the code package lie, and paths in them begin.
    ///   - supply: where packages are besides the indexes.
    ///   - keeper: for a run that is to have a snapshot of its own.
    package init(
        _ locking: FlowLocking, folder: FilePath, compilesBytecode: Bool = false, supply: ArchiveSupply? = nil,
        keeper: SnapshotKeeper? = nil
    ) {
        self.locking = locking
        self.folder = folder
        self.keeper = keeper
        var store = EnvironmentStore(
            cache: locking.cache, builder: locking.builder, compilesBytecode: compilesBytecode, progress: locking.progress)
        store.supply = supply
        store.keepsArchives = keeper != nil
        store.conda = locking.condaInstall
        self.store = store
    }

    /// The environments, by step; what is there already is taken.
    package func prepare(_ wanted: [Wanted]) async throws -> [StepName: StepEnvironment] {
        try await locking.closingIndexes {
            var prepared: [StepName: StepEnvironment] = [:]
            for each in wanted.sorted(by: { $0.file < $1.file }) {
                let made: StepEnvironment
                do {
                    made = try await make(each)
                } catch {
                    throw StepEnvironmentError(steps: each.steps, file: nil, line: nil, cause: error)
                }
                for step in each.steps { prepared[step] = made }
            }
            return prepared
        }
    }

    private func make(_ wanted: Wanted) async throws -> StepEnvironment {
        let lock = try PyLock(parsing: wanted.lock, file: wanted.file)
        if lock.conda != nil, (try? await locking.finder.findHere()) == nil { return try await makeAlone(lock, wanted) }
        let interpreter = lock.conda == nil ? try await interpreter(wanted.python) : try await locking.finder.find()
        let built = try await store.ensure(lock, on: interpreter, relativeTo: folder, locking)
        for warning in built.warnings { locking.progress(.warning("\(warning)")) }
        var made = StepEnvironment(
            kind: wanted.kind, python: built.python, root: built.path, digest: built.digest, hold: built.hold,
            lock: wanted.lock, wheels: [], lockFile: wanted.file, pythonVersion: try lock.target(on: interpreter).pythonVersion.description,
            packages: try lock.names(on: interpreter))
        if let keeper {
            made.snapshot = try await keeper.keep(lock, on: interpreter, relativeTo: folder, of: store, locking)
        }
        return made
    }

    /// An environment with a Python of its own, on a machine that has none.
    private func makeAlone(_ lock: PyLock, _ wanted: Wanted) async throws -> StepEnvironment {
        guard let target = lock.condaTarget(onPlatform: MachinePlatform.name) else {
            throw LockError(
                file: wanted.file, keyPath: "tool.penstock.conda.packages",
                problem: .unsuitable("there is no python among its conda packages for \(MachinePlatform.name)"))
        }
        let locking = locking
        let built = try await store.ensure(
            lock, for: target, relativeTo: folder, finder: locking.finder,
            openArchives: { try await locking.channels.client().archives },
            openClient: { try await locking.client(for: try await locking.finder.find()) })
        for warning in built.warnings { locking.progress(.warning("\(warning)")) }
        return StepEnvironment(
            kind: wanted.kind, python: built.python, root: built.path, digest: built.digest, hold: built.hold, lock: wanted.lock,
            wheels: [], lockFile: wanted.file, pythonVersion: target.python, packages: [])
    }

    private func interpreter(_ version: String) async throws -> Interpreter {
        let series = version.split(separator: ".").prefix(2).joined(separator: ".")
        for text in [version, series] {
            if let found = try? await locking.finder.findHere(try InterpreterRequest(parsing: text)) { return found }
        }
        // The very same, from where the other machine may have had it.
        if let found = try? await locking.finder.find(try InterpreterRequest(parsing: version)) { return found }
        return try await locking.finder.find(try InterpreterRequest(parsing: series))
    }
}
