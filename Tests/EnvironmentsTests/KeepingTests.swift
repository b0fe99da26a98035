import Digests
import Environments
import Lockfiles
import PackageSources
import PythonPackaging
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("What is kept of environments, and how they are removed")
struct KeepingTests {
    private let wheels = [TinyWheel("alpha", "1.5", ["alpha.py": "x = 1\n"]), TinyWheel("beta", "2", ["beta.py": ""])]

    @Test("An environment tells what it was made from, and when it was used")
    func record() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let store = EnvironmentStore(cache: workshop.cache)
        var request = try workshop.request(wheels)
        let lock = PyLock(packages: [])
        request.lock = lock
        request.folder = "/somewhere"
        let built = try await store.ensure(request)
        let found = try #require(store.environments().first)
        #expect(store.environments().count == 1)
        #expect(found.path == built.path && found.python == built.python && found.digest == built.digest)
        let origin = try #require(found.origin)
        #expect(origin.wheels.map { "\($0.name) \($0.version)" } == ["alpha 1.5", "beta 2"])
        #expect(origin.python.version == "3.11.4" && origin.python.executable == "/bin/sh")
        #expect(try origin.parsedLock() == lock)
        #expect(origin.folder == "/somewhere")
        let now = UTCTime.now()
        #expect(origin.created <= now && found.lastUsed <= now && now.seconds - found.lastUsed.seconds < 60)

        // Another run notes the time, wherever the clock was before.
        var times = [timespec(tv_sec: 86_400, tv_nsec: 0), timespec(tv_sec: 86_400, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, built.path.appending("penstock.json").string, &times, 0) == 0)
        #expect(store.environments().first?.lastUsed.seconds == 86_400)
        _ = try await store.ensure(request)
        #expect(store.environments().first?.lastUsed.seconds ?? 0 > 86_400)
    }

    @Test("An environment without a record is listed, and can be removed")
    func withoutRecord() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let store = EnvironmentStore(cache: workshop.cache)
        let path = try await store.ensure(try workshop.request(wheels)).path
        #expect(truncate(path.appending("penstock.json").string, 20) == 0)
        #expect(store.environments().first?.origin == nil)
        #expect(unlink(path.appending("penstock.json").string) == 0)
        let found = try #require(store.environments().first)
        #expect(found.origin == nil && found.name == path.lastComponent?.string)
        #expect(try store.remove(found))
        #expect(workshop.leftovers.filter { $0.hasPrefix("environments") } == [])
    }

    @Test("What is held is not removed; afterwards it is, and the next run builds it again")
    func held() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let store = EnvironmentStore(cache: workshop.cache)
        let request = try workshop.request(wheels)
        let first = try await store.ensure(request)
        let second = try await store.ensure(request)
        let found = try #require(store.environment(request.digest))
        #expect(store.isHeld(found))
        #expect(try !store.remove(found))
        first.hold?.release()
        #expect(try !store.remove(found))
        #expect(Tree.files(in: found.path).count > 3)
        second.hold?.release()
        #expect(!store.isHeld(found))
        #expect(try store.remove(found))
        #expect(store.environments() == [])
        #expect(workshop.leftovers.filter { $0.hasPrefix("environments") } == [])
        #expect(try store.remove(found), "somebody else has removed it")
        #expect(try await store.ensure(request).wasBuilt)
    }

    @Test("Runs and removals at once: whoever holds an environment has all of it")
    func together() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let store = EnvironmentStore(cache: workshop.cache)
        let request = try workshop.request(wheels)
        let whole = Tree.files(in: try await store.ensure(request).path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<25 {
                        let built = try await store.ensure(request)
                        for _ in 0..<3 {
                            #expect(Tree.files(in: built.path) == whole)
                            await Task.yield()
                        }
                        built.hold?.release()
                    }
                }
            }
            group.addTask {
                for _ in 0..<200 {
                    if let found = store.environment(request.digest) { _ = try store.remove(found) }
                    try await Task.sleep(for: .microseconds(300))
                }
            }
            try await group.waitForAll()
        }
    }
}
