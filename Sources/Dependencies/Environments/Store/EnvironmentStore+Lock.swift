import Digests
public import Interpreters
public import Lockfiles
public import PackageSources
import PythonPackaging
public import SystemPackage

extension EnvironmentStore {
    /// The environment of a lock on an interpreter, built unless it exists.
    ///
    /// - Parameter openClient: makes the client that missing wheels are fetched with; not called when none is missing.
    public func ensure(
        _ lock: PyLock, interpreter: Interpreter,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        try await ensure(Self.request(lock, interpreter: interpreter, openClient: openClient))
    }

    /// Builds the environment of a lock at a place of the person's choice.
    ///
    /// - Parameters:
    ///   - place: absolute; must not exist, or be an empty folder.
    ///   - openClient: makes the client that missing wheels are fetched with; not called when none is missing.
    public func create(
        _ lock: PyLock, interpreter: Interpreter, at place: FilePath,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        try await create(Self.request(lock, interpreter: interpreter, openClient: openClient), at: place)
    }

    private static func request(
        _ lock: PyLock, interpreter: Interpreter,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) -> EnvironmentRequest {
        EnvironmentRequest(
            interpreter: interpreter,
            digest: EnvironmentRequest.digest(ofLock: lock.digest, interpreter: interpreter),
            orders: { () throws(EnvironmentError) in
                try wheels(of: lock, for: interpreter.target).map {
                    WheelOrder(
                        project: "\($0.package)", filename: $0.filename, sha256: $0.wheel.sha256, size: $0.wheel.size,
                        url: $0.url)
                }
            },
            openFetching: {
                let client = try await openClient()
                return { order, path in
                    try await client.download(order.url, sha256: order.sha256, size: order.size, to: path)
                }
            })
    }

    private static func wheels(
        of lock: PyLock, for target: PythonTarget
    ) throws(EnvironmentError) -> [LockSelection] {
        do {
            return try lock.selection(for: target, file: "pylock.toml")
        } catch {
            throw .lock(error)
        }
    }
}
