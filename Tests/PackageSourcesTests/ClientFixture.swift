import PackageSources
import PythonPackaging
import SystemPackage
import Synchronization
import TestSupport

/// An index on this machine, a cache of its own, and clients that do not really wait.
final class ClientFixture: Sendable {
    let index: LoopbackIndex
    let folder: TemporaryFolder
    let cache: CacheDirectory
    /// The pauses that clients have asked for.
    let pauses = PauseLog()

    final class PauseLog: Sendable {
        private let list = Mutex<[Duration]>([])
        var all: [Duration] { list.withLock { $0 } }
        func add(_ pause: Duration) { list.withLock { $0.append(pause) } }
    }

    init() async throws {
        index = try await LoopbackIndex()
        folder = try TemporaryFolder()
        cache = CacheDirectory(root: folder.path.appending("cache"))
    }

    var options: HTTPOptions {
        var options = HTTPOptions()
        options.sleep = { [pauses] in pauses.add($0) }
        options.chance = { 1 }
        return options
    }

    /// Runs `body` with a new client: what it knows, it knows from the cache or the index.
    func withClient<Success>(
        _ configuration: IndexConfiguration? = nil, _ change: (inout HTTPOptions) -> Void = { _ in },
        _ body: (PackageIndexClient) async throws -> Success
    ) async throws -> Success {
        var options = options
        change(&options)
        let client = PackageIndexClient(
            configuration: try configuration ?? IndexConfiguration(index: index.url), cache: cache, options: options)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    func page(
        _ name: String, _ configuration: IndexConfiguration? = nil, _ change: (inout HTTPOptions) -> Void = { _ in }
    ) async throws -> ProjectListing? {
        try await withClient(configuration, change) { try await $0.page(for: PackageName(parsing: name)) }
    }
}
