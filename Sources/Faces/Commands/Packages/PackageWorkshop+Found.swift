import Environments
import Glibc
import Interpreters
import Lockfiles
import PackageSources
import Resolution
import SystemPackage

/// An environment in which programs can be run.
struct UsableEnvironment: Sendable {
    var root: FilePath
    var python: FilePath
    /// Keeps it from being removed; nothing for one outside of the cache.
    var hold: CacheLock?
    var wasBuilt = false
}

extension PackageWorkshop {
    /// What a person has named, ready to run in; built if it is a lock whose environment is not there.
    func usable(_ found: FoundEnvironment, _ indexes: IndexOptions) async throws -> UsableEnvironment {
        switch found {
        case .stored(let stored):
            let hold = try await EnvironmentStore(cache: cache).hold(stored)
            if access(stored.python.string, X_OK) == 0 {
                return UsableEnvironment(root: stored.path, python: stored.python, hold: hold)
            }
            hold?.release()
            return try await rebuilt(stored, indexes)
        case .place(let root, let origin):
            let python = root.pushing(FilePath(origin?.python.command ?? "bin/python"))
            return UsableEnvironment(root: root, python: python)
        case .locked(let locked): return try await usable(locked, indexes)
        }
    }

    /// The environment of a lock, built unless it is there.
    func usable(_ locked: LockedEnvironment, _ indexes: IndexOptions) async throws -> UsableEnvironment {
        let built = try await build(
            locked.lock, relativeTo: locked.folder, python: try await python(of: locked), indexes: indexes, at: nil,
            archives: try locked.records.map { try supply(of: $0) })
        return UsableEnvironment(root: built.path, python: built.python, hold: built.hold, wasBuilt: built.wasBuilt)
    }

    /// Where a person's environment lies in the cache, if it does. Builds nothing.
    func stored(_ found: FoundEnvironment) async throws -> StoredEnvironment? {
        switch found {
        case .stored(let stored): return stored
        case .place: return nil
        case .locked(let locked):
            var store = EnvironmentStore(cache: cache, builder: builder(IndexOptions(), ResolutionOptions()) {
                try await client(IndexOptions(), for: try await finder.find())
            })
            store.conda = try CondaInstallOptions(environment: environment)
            if locked.lock.conda != nil {
                guard let target = try? await condaTarget(of: locked.lock) else { return nil }
                return store.environment(try await store.digest(of: locked.lock, for: target, relativeTo: locked.folder))
            }
            // Without such a Python on this machine it was not built here.
            guard let interpreter = try? await interpreter(
                try await python(of: locked), of: locked.lock, by: finder.onThisMachine) else { return nil }
            let digest = try await store.digest(of: locked.lock, interpreter: interpreter, relativeTo: locked.folder)
            return store.environment(digest)
        }
    }

    /// The Python that a lock was used with, or one of its series where that one is not here; `nil` for the lock's own.
    func python(of locked: LockedEnvironment) async throws -> String? {
        guard let python = locked.python, locked.lock.conda == nil else { return nil }
        if (try? await finder.findHere(try InterpreterRequest(parsing: python))) != nil { return python }
        let series = python.split(separator: ".").prefix(2).joined(separator: ".")
        return (try? await finder.findHere(try InterpreterRequest(parsing: series))) == nil ? python : series
    }

    /// An environment whose interpreter is gone is made again from its lock.
    private func rebuilt(_ stored: StoredEnvironment, _ indexes: IndexOptions) async throws -> UsableEnvironment {
        guard let origin = stored.origin, let lock = try origin.parsedLock() else {
            throw EnvironmentReferenceError.noRecord(path: stored.path.string)
        }
        let folder = FilePath(origin.folder ?? "/")
        return try await usable(
            LockedEnvironment(words: stored.name, lock: lock, folder: folder, python: origin.python.version), indexes)
    }
}
