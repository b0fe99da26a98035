package import Diagnostics
package import Digests
import Environments
package import FlowModel
import Interpreters
import Lockfiles
package import PackageSources
import PythonPackaging
import Resolution
package import SystemPackage

/// Gives the steps of a flow their environments: finds the Python, resolves once, and builds what is not there yet.
///
/// Locks are kept in the project's store by what was asked for, so that a range stays frozen until someone asks anew; with
/// lock and environment at hand nothing is fetched and no client is made.
package struct FlowEnvironments: Sendable {
    private let environment: [String: String]
    private let locks: LockShelf
    private let finder: InterpreterFinder
    private let store: EnvironmentStore
    private let indexes: LazyIndexClient
    private let progress: ProgressSink

    /// - Parameters:
    ///   - environment: the variables of the process, which say where caches and indexes are.
    ///   - launching: the interpreter that runs the flow file.
    ///   - store: the project's folder, which keeps the locks.
    package init(
        environment: [String: String], launching: FilePath, store: FilePath, options: IndexOptions = IndexOptions(),
        progress: @escaping ProgressSink
    ) throws {
        let cache = try CacheDirectory.discover(environment: environment)
        self.environment = environment
        self.progress = progress
        locks = LockShelf(folder: store.appending("locks"))
        finder = InterpreterFinder(environment: environment, cache: cache, launching: launching)
        self.store = EnvironmentStore(cache: cache, progress: progress)
        indexes = LazyIndexClient(
            options: options, environment: environment, cache: cache, finder: finder, progress: progress)
    }

    /// Makes the environments of steps; steps that ask for the same share one.
    package func prepare(_ steps: [StepName: PyPIRequirements]) async throws -> [StepName: StepEnvironment] {
        var prepared: [StepName: StepEnvironment] = [:]
        var shared: [EnvironmentWish: StepEnvironment] = [:]
        do {
            for (step, requirements) in steps.sorted(by: { $0.key < $1.key }) {
                let wish = try EnvironmentWish(requirements)
                if let known = shared[wish] {
                    prepared[step] = known
                    continue
                }
                do {
                    let made = try await make(wish)
                    shared[wish] = made
                    prepared[step] = made
                } catch {
                    throw StepEnvironmentError(step: step, requests: requirements.packages, cause: error)
                }
            }
        } catch {
            await indexes.shutdown()
            throw error
        }
        await indexes.shutdown()
        return prepared
    }

    /// Resolves without building anything: the texts of the locks by the names that they have in a code package.
    package func locks(of steps: [StepName: PyPIRequirements]) async throws -> [String: String] {
        var texts: [String: String] = [:]
        do {
            for wish in Set(try steps.values.map { try EnvironmentWish($0) }) {
                let interpreter = try await finder.find(wish.python)
                let key = wish.lockKey(target: interpreter.target)
                let lock = try await lock(wish, key: key, interpreter: interpreter)
                texts[StepEnvironment.lockFile(key)] = lock.text
            }
        } catch {
            await indexes.shutdown()
            throw error
        }
        await indexes.shutdown()
        return texts
    }

    private func make(_ wish: EnvironmentWish) async throws -> StepEnvironment {
        let interpreter = try await finder.find(wish.python)
        let key = wish.lockKey(target: interpreter.target)
        let lock = try await lock(wish, key: key, interpreter: interpreter)
        let built = try await build(lock, key: key, on: interpreter)
        for warning in built.warnings { progress(.warning("\(warning)")) }
        return StepEnvironment(
            python: built.python, root: built.path, digest: built.digest, lock: lock.text,
            lockFile: StepEnvironment.lockFile(key), pythonVersion: interpreter.version.description,
            packages: lock.packages.map { StepEnvironment.LockedName(name: $0.name.description, version: $0.version?.description) })
    }

    /// A lock whose files are refused is forgotten: once the index is mended, the next run resolves anew.
    private func build(
        _ lock: PyLock, key: SHA256Digest, on interpreter: Interpreter
    ) async throws -> BuiltEnvironment {
        do {
            return try await store.ensure(lock, interpreter: interpreter) {
                try await indexes.client(for: interpreter)
            }
        } catch {
            if (error as? EnvironmentError)?.blamesTheLock == true { locks.drop(key) }
            throw error
        }
    }

    private func lock(_ wish: EnvironmentWish, key: SHA256Digest, interpreter: Interpreter) async throws -> PyLock {
        if let kept = try locks.read(key) { return kept }
        guard !wish.requirements.isEmpty else {
            return try locks.keep(
                PyLock(
                    packages: [],
                    origin: LockOrigin(
                        requirements: [], python: interpreter.version.description,
                        platform: interpreter.target.platformName)), as: key)
        }
        let client = try await indexes.client(for: interpreter)
        let resolver = Resolver(source: client, target: interpreter.target, progress: progress)
        return try locks.keep(try await resolver.resolve(wish.requirements), as: key)
    }
}

/// The environment of a step, ready to run in.
package struct StepEnvironment: Sendable, Hashable {
    /// Its interpreter.
    package var python: FilePath
    /// Its folder.
    package var root: FilePath
    package var digest: SHA256Digest
    /// The lock that it was made from, as `pylock.toml`.
    package var lock: String
    /// The name of the lock in a code package.
    package var lockFile: String
    package var pythonVersion: String
    package var packages: [LockedName]

    /// A package of the lock.
    package struct LockedName: Sendable, Hashable, Encodable {
        package var name: String
        /// Absent where the source may change.
        package var version: String?
    }

    /// Short, and another one for each thing that is asked for.
    static func lockFile(_ key: SHA256Digest) -> String { "pylock.\(key.hex.prefix(15)).toml" }
}

/// What a step asks for, so that equal wishes share an environment.
private struct EnvironmentWish: Hashable {
    let python: InterpreterRequest?
    let requirements: [RootRequirement]

    init(_ asked: PyPIRequirements) throws {
        python = try asked.python.map { text throws in try InterpreterRequest(parsing: text) }
        requirements = try asked.packages.map { try RootRequirement(fromPackagesDictionary: $0.key, spec: $0.version) }
            .sorted { $0.requirement.description < $1.requirement.description }
    }

    /// Stands for what was asked for and for the target that it was asked for.
    func lockKey(target: PythonTarget) -> SHA256Digest {
        let texts = requirements.map(\.requirement.description)
        let facts = [target.platformName, target.pythonVersion.description, target.markerEnvironment.implementationName]
        return SHA256Digest(hashing: (["penstock lock 1"] + facts + texts).joined(separator: "\n"))
    }
}

/// An environment could not be had; nothing was run.
package struct StepEnvironmentError: DiagnosticError {
    let step: StepName
    let requests: [PackageRequest]
    let cause: any Error

    package var diagnostic: Diagnostic {
        var diagnostic = (cause as? any DiagnosticError)?.diagnostic ?? Diagnostic(.infrastructure, "\(cause)")
        diagnostic.headline = "the environment of step '\(step)' could not be made: \(diagnostic.headline.lowercasedFirst)"
        if diagnostic.file == nil {
            diagnostic.file = requests.first?.file
            diagnostic.line = requests.first?.line
        }
        return diagnostic
    }
}

extension String {
    /// For a headline that becomes the end of another one. Names and acronyms stay as they are.
    fileprivate var lowercasedFirst: String {
        guard let first, let second = dropFirst().first, second.isLowercase || second == " " else { return self }
        return first.lowercased() + dropFirst()
    }
}
