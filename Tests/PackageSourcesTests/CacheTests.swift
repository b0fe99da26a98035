import PackageSources
import SystemPackage
import TestSupport
import Testing

@Suite struct CacheTests {
    @Test(arguments: [
        (["PENSTOCK_CACHE_DIR": "/one", "XDG_CACHE_HOME": "/two", "HOME": "/three"], "/one"),
        (["PENSTOCK_CACHE_DIR": "", "XDG_CACHE_HOME": "/two", "HOME": "/three"], "/two/penstock"),
        (["XDG_CACHE_HOME": "relative", "HOME": "/three"], "/three/.cache/penstock"),
    ])
    func itsPlace(environment: [String: String], root: String) throws {
        #expect(try CacheDirectory.discover(environment: environment).root.string == root)
    }

    @Test func noPlaceIsSaid() {
        #expect(throws: PackageSourceError.self) { try CacheDirectory.discover(environment: [:]) }
    }

    @Test func filesAppearWhole() throws {
        let folder = try TemporaryFolder()
        let cache = CacheDirectory(root: folder.path.appending("a").appending("cache"))
        try cache.publish([1, 2, 3], to: cache.path(.metadata, "x", "y"))
        #expect(try folder.read("a/cache/metadata/x/y") == [1, 2, 3])
        try cache.publish([4], to: cache.path(.metadata, "x", "y"))
        #expect(try folder.read("a/cache/metadata/x/y") == [4])
        #expect(folder.names("a/cache/metadata/x") == ["y"])
        #expect(folder.names("a/cache") == ["CACHEDIR.TAG", "metadata"])
        #expect(throws: PackageSourceError.self) { try cache.publish([1], to: cache.path(.metadata, "x", "y", "z")) }
    }

    @Test func oneHoldsTheLockAtATime() async throws {
        let folder = try TemporaryFolder()
        let cache = CacheDirectory(root: folder.path)
        let first = try await cache.lock("name")
        let other = try await cache.lock("other name")
        other.release()
        await confirmation("waiting is told") { told in
            let waiting = Task {
                try await cache.lock("name", waiting: {
                    told()
                    first.release()
                })
            }
            await #expect(throws: Never.self) { try await waiting.value.release() }
        }
    }

    @Test func waitingCanBeCancelled() async throws {
        let folder = try TemporaryFolder()
        let cache = CacheDirectory(root: folder.path)
        let held = try await cache.lock("name")
        let waiting = Task {
            try await cache.lock("name", waiting: { withUnsafeCurrentTask { $0?.cancel() } })
        }
        let error = await #expect(throws: PackageSourceError.self) { try await waiting.value }
        guard case .cancelled? = error else { return #expect(Bool(false), "\(error as Any)") }
        held.release()
    }
}
