import Archives
public import Digests
public import Interpreters
public import Lockfiles
public import PackageSources
import PythonPackaging
public import SystemPackage

extension EnvironmentStore {
    /// The environment of a lock on an interpreter, built unless it exists.
    ///
    /// Source distributions, repositories and folders of the lock are built first, by the builder of the store.
    ///
    /// - Parameters:
    ///   - folder: the folder that paths in the lock are relative to.
    ///   - openClient: makes the client that missing wheels are fetched with; not called when none is missing.
    public func ensure(
        _ lock: PyLock, interpreter: Interpreter, relativeTo folder: FilePath? = nil,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        let orders = orders(of: lock, interpreter: interpreter, relativeTo: folder)
        return try await ensure(try await orders.request(openClient: openClient))
    }

    /// What the environment of a lock on an interpreter is addressed by, whether or not it is there.
    ///
    /// - Parameter folder: the folder that paths in the lock are relative to.
    public func digest(
        of lock: PyLock, interpreter: Interpreter, relativeTo folder: FilePath? = nil
    ) async throws(EnvironmentError) -> SHA256Digest {
        try await orders(of: lock, interpreter: interpreter, relativeTo: folder).digest()
    }

    /// Builds the environment of a lock at a place of the person's choice.
    ///
    /// - Parameters:
    ///   - place: absolute; must not exist, or be an empty folder.
    ///   - folder: the folder that paths in the lock are relative to.
    ///   - openClient: makes the client that missing wheels are fetched with; not called when none is missing.
    public func create(
        _ lock: PyLock, interpreter: Interpreter, at place: FilePath, relativeTo folder: FilePath? = nil,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        let orders = orders(of: lock, interpreter: interpreter, relativeTo: folder)
        return try await create(try await orders.request(openClient: openClient), at: place)
    }

    func orders(of lock: PyLock, interpreter: Interpreter, relativeTo folder: FilePath?) -> LockOrders {
        LockOrders(
            lock: lock, interpreter: interpreter, folder: folder, builder: builder, supply: supply, cache: cache,
            progress: progress)
    }
}
