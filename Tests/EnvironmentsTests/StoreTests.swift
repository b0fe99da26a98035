import Digests
import Environments
import PackageSources
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("The store of environments")
struct StoreTests {
    private let wheels = (0..<4).map { TinyWheel("p\($0)", "1", ["p\($0)/__init__.py": "value = \($0)\n"]) }

    @Test("Built once; later the lock alone is enough")
    func once() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let first = try await workshop.install(wheels)
        let second = try await workshop.install(wheels)
        #expect(first.wasBuilt && !second.wasBuilt)
        #expect(first.path == second.path && first.python == second.python)
        #expect(workshop.fetched.count == 4)
    }

    @Test("Addresses tell locks and interpreters apart")
    func addresses() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let paths = [
            try await workshop.install([], lock: "a").path,
            try await workshop.install([], lock: "b").path,
            try await workshop.install([], on: Workshop.interpreter(["full-version": "3.11.5"]), lock: "a").path,
            try await workshop.install([], on: Workshop.interpreter(["free-threaded": "1"]), lock: "a").path,
        ]
        #expect(Set(paths).count == 4)
    }

    @Test("Nothing is fetched, or readied for it, when all wheels are there")
    func warm() async throws {
        struct Opened: Error {}
        let workshop = try Workshop()
        defer { workshop.close() }
        _ = try await workshop.install(wheels, lock: "one")
        var request = try workshop.request(wheels, lock: "two")
        request.openFetching = { throw Opened() }
        #expect(try await EnvironmentStore(cache: workshop.cache).ensure(request).wasBuilt)
    }

    @Test("A wheel whose manifest is damaged is unpacked anew", arguments: ["", "penstock wheel 1\nnonsense"])
    func damaged(manifest: String) async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let request = try workshop.request(wheels, lock: "two")
        _ = try await workshop.install(wheels, lock: "one")
        let path = workshop.cache.path(.wheels, try await request.orders()[2].sha256.hex, "manifest")
        try FileDescriptor.open(path, .writeOnly, options: .truncate).closeAfter { _ = 0 }
        let built = try await EnvironmentStore(cache: workshop.cache).ensure(request)
        #expect(try Tree.contradictions(in: built.path) == [])
        #expect(workshop.fetched.count == 5)
    }

    @Test("An environment that has lost its interpreter is built again")
    func dangling() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let first = try await workshop.install(wheels)
        unlink(first.python.string)
        let second = try await workshop.install(wheels)
        #expect(second.wasBuilt)
        #expect(Tree.files(in: second.path).contains("bin/python -> /bin/sh"))
        #expect(workshop.leftovers.filter { $0.contains("/.") } == [])
    }

    @Test("Many that want the same at once: one builds, each wheel is fetched once")
    func together() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let built = try await withThrowingTaskGroup(of: BuiltEnvironment.self) { group in
            for index in 0..<12 {
                group.addTask { try await workshop.install(wheels, lock: index % 3 == 0 ? "one" : "two") }
            }
            var built: [BuiltEnvironment] = []
            for try await environment in group { built.append(environment) }
            return built
        }
        #expect(built.count { $0.wasBuilt } == 2)
        #expect(workshop.fetched.count == wheels.count)
    }

    @Test("Cancelled while it waits for a wheel: an error, and nothing is left")
    func cancelled() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let (started, start) = AsyncStream<Void>.makeStream()
        let request = try workshop.request(wheels) { _, _ in
            start.yield()
            try await Task.sleep(for: .seconds(600))
        }
        let task = Task { try await EnvironmentStore(cache: workshop.cache).ensure(request) }
        for await _ in started { break }
        task.cancel()
        let result = await task.result
        guard case .failure(let error) = result, case EnvironmentError.cancelled = error else {
            Issue.record("\(result)")
            return
        }
        #expect(workshop.leftovers == [])
    }

    @Test("Drafts of ended processes are swept by the next that builds; those of living ones are not")
    func sweeping() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        _ = try await workshop.install([], lock: "one")
        let dead = String(repeating: "ab", count: 32)
        let alive = String(repeating: "cd", count: 32)
        for folder in [CacheDirectory.Folder.environments, .wheels] {
            for digest in [dead, alive] {
                let draft = try workshop.cache.prepare(folder, ".\(digest).1.x")
                #expect(mkdir(draft.appending("files").string, 0o755) == 0)
            }
        }
        let held = [
            try await workshop.cache.lock("environment \(alive)"), try await workshop.cache.lock("wheel \(alive)"),
        ]
        _ = try await workshop.install([], lock: "two")
        #expect(workshop.leftovers.filter { $0.contains("/.") } == ["environments/.\(alive).1.x", "wheels/.\(alive).1.x"])
        for lock in held { lock.release() }
    }
}
