import Diagnostics
import Environments
import Interpreters
import Lockfiles
import PackageSources
import SystemPackage

extension PackageWorkshop {
    /// Makes the environment of a lock: at a place, or in the cache unless it is there.
    func build(
        _ lock: PyLock, python: String?, indexes: IndexOptions, at place: FilePath?
    ) async throws -> BuiltEnvironment {
        let request = try (python ?? lock.origin?.python).map { text throws in try InterpreterRequest(parsing: text) }
        let interpreter = try await finder.find(request)
        let store = EnvironmentStore(cache: cache, progress: progress)
        let opened = OpenedClient()
        do {
            let open: @Sendable () async throws -> PackageIndexClient = {
                await opened.keep(try await client(indexes, for: interpreter))
            }
            let built =
                if let place {
                    try await store.create(lock, interpreter: interpreter, at: place, openClient: open)
                } else {
                    try await store.ensure(lock, interpreter: interpreter, openClient: open)
                }
            await opened.shutdown()
            for warning in built.warnings { progress(.warning("\(warning)")) }
            return built
        } catch {
            await opened.shutdown()
            throw error
        }
    }
}

/// The client that a build opened, to be closed afterwards.
private actor OpenedClient {
    private var client: PackageIndexClient?

    func keep(_ client: PackageIndexClient) -> PackageIndexClient {
        self.client = client
        return client
    }

    func shutdown() async {
        await client?.shutdown()
        client = nil
    }
}
