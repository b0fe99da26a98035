import PackageSources
import PythonPackaging
import TestSupport
import Testing

@Suite struct PageTests {
    private func fixture() async throws -> ClientFixture {
        let fixture = try await ClientFixture()
        for version in ["1.0", "1.10", "1.9", "2.0rc1", "1.10.post1"] { fixture.index.add(WheelBuilder("demo", version)) }
        fixture.index.add(WheelBuilder("demo", "1.5")) {
            $0.yanked = "broken"
            $0.uploadTime = "2024-05-01T10:00:00.000000Z"
            $0.requiresPython = ">=3.8"
        }
        fixture.index.update {
            $0.projects["demo"]?.append(.init(filename: "demo-0.9.tar.gz", bytes: [1]))
            $0.projects["demo"]?.append(.init(filename: "demo-0.8-py2.7.egg", bytes: [1]))
            $0.projects["demo"]?.append(.init(filename: "other-7-py3-none-any.whl", bytes: [1]))
        }
        return fixture
    }

    @Test(arguments: [false, true])
    func listsVersionsNewestFirst(isHTML: Bool) async throws {
        let fixture = try await fixture()
        fixture.index.update { $0.isHTML = isHTML }
        for round in ["from the server", "from the cache"] {
            let listing = try #require(try await fixture.page("Demo"))
            #expect(listing.map(\.version.description) == ["2.0rc1", "1.10.post1", "1.10", "1.9", "1.5", "1.0", "0.9"], "\(round)")
            let yanked = listing[4]
            #expect(yanked.isYanked && yanked.hasWheels && !yanked.hasSdists)
            let file = try #require(yanked.files.first)
            #expect(file.file.yanked == .yes("broken"))
            #expect(file.file.requiresPython == ">=3.8")
            #expect(file.file.uploadTime == (isHTML ? nil : "2024-05-01T10:00:00.000000Z"))
            #expect(file.file.url == "\(fixture.index.server.url)/files/demo-1.5-py3-none-any.whl")
            #expect(file.file.sha256 != nil)
            guard case .available(.some) = file.file.metadata else { return #expect(Bool(false), "no metadata") }
            #expect(!listing[6].hasWheels && listing[6].hasSdists)
            #expect(try listing.position(of: Version(parsing: "1.10.0")) == 2)
            #expect(try listing.position(of: Version(parsing: "3")) == nil)
        }
        #expect(fixture.index.requestCount() == 1)
    }

    @Test func asksNobodyWhileThePageIsFresh() async throws {
        let fixture = try await fixture()
        fixture.index.update { $0.cacheControl = "max-age=100" }
        _ = try await fixture.page("demo")
        _ = try await fixture.page("demo") { options in options.now = { [now = options.now] in now() + 90 } }
        #expect(fixture.index.requestCount() == 1)
        _ = try await fixture.page("demo") { options in options.now = { [now = options.now] in now() + 110 } }
        #expect(fixture.index.requestCount() == 2)
        var configuration = try IndexConfiguration(index: fixture.index.url)
        configuration.refresh = .packages([try PackageName(parsing: "other")])
        _ = try await fixture.page("demo", configuration)
        #expect(fixture.index.requestCount() == 2)
        configuration.refresh = .packages([try PackageName(parsing: "demo")])
        _ = try await fixture.page("demo", configuration)
        #expect(fixture.index.requestCount() == 3)
        configuration.refresh = .all
        _ = try await fixture.page("demo", configuration)
        #expect(fixture.index.requestCount() == 4)
    }

    @Test func validatesAnOldPage() async throws {
        let fixture = try await fixture()
        fixture.index.update { ($0.cacheControl, $0.entityTag) = ("no-cache", "\"v1\"") }
        _ = try await fixture.page("demo")
        let again = try await fixture.page("demo")
        #expect(again?.count == 7)
        #expect(fixture.index.server.requests.last?.header("if-none-match") == "\"v1\"")
        // The page is the same, but from now on it may be kept longer.
        fixture.index.update { $0.cacheControl = "max-age=100" }
        _ = try await fixture.page("demo")
        #expect(fixture.index.requestCount() == 3)
        #expect(try await fixture.page("demo")?.count == 7)
        #expect(fixture.index.requestCount() == 3)
        fixture.index.add(WheelBuilder("demo", "3"))
        fixture.index.update { $0.entityTag = "\"v2\"" }
        var refreshing = try IndexConfiguration(index: fixture.index.url)
        refreshing.refresh = .all
        #expect(try await fixture.page("demo", refreshing)?.first?.version.description == "3")
    }

    @Test func anOldPageServesWhileTheServerFailsIfItMay() async throws {
        let fixture = try await fixture()
        func late(_ seconds: Int64) -> (inout HTTPOptions) -> Void {
            { options in options.now = { [now = options.now] in now() + seconds } }
        }
        fixture.index.update { $0.cacheControl = "max-age=10, stale-if-error=100" }
        _ = try await fixture.page("demo")
        fixture.index.update { $0.change = { _, reply in reply = .init(503) } }
        #expect(try await fixture.page("demo", nil, late(90))?.count == 7)
        #expect(fixture.index.requestCount() == 5)
        await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", nil, late(120)) }
        // It is refused, and not in trouble.
        fixture.index.update { $0.change = { _, reply in reply = .init(403) } }
        await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", nil, late(90)) }
    }

    @Test func headersOfOneNameAreOneList() async throws {
        let fixture = try await fixture()
        fixture.index.update {
            $0.change = { _, reply in reply.headers += [("Cache-Control", "public"), ("Cache-Control", "no-store")] }
        }
        _ = try await fixture.page("demo")
        #expect(fixture.folder.names("cache/pages").isEmpty)
    }

    @Test func keepsNothingThatMustNotBeKept() async throws {
        let fixture = try await fixture()
        fixture.index.update { $0.cacheControl = "no-store" }
        _ = try await fixture.page("demo")
        #expect(fixture.folder.names("cache/pages").isEmpty)
    }

    @Test func anUnknownProjectIsAnAnswer() async throws {
        let fixture = try await fixture()
        #expect(try await fixture.page("nobody") == nil)
        #expect(try await fixture.page("nobody") == nil)
        #expect(fixture.index.requestCount() == 1)
        fixture.index.add(WheelBuilder("nobody", "1"))
        _ = try await fixture.page("nobody") { options in options.now = { [now = options.now] in now() + 61 } }
        #expect(fixture.index.requestCount() == 2)
        #expect(try await fixture.page("nobody")?.count == 1)
    }

    @Test func worksOfflineFromTheCache() async throws {
        let fixture = try await fixture()
        _ = try await fixture.page("demo")
        var configuration = try IndexConfiguration(index: fixture.index.url)
        configuration.isOffline = true
        try await fixture.index.server.stop()
        let late: (inout HTTPOptions) -> Void = { options in options.now = { [now = options.now] in now() + 99999 } }
        #expect(try await fixture.page("demo", configuration, late)?.count == 7)
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("other", configuration) }
        guard case .offline? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test func fetchesADamagedPageAgain() async throws {
        let fixture = try await fixture()
        _ = try await fixture.page("demo")
        // The machine was started after all of this was written: it may have crashed before.
        let restarted: (inout HTTPOptions) -> Void = { $0.machineStart = .max / 2 }
        let pages = try #require(fixture.folder.names("cache/pages").first)
        let file = "cache/pages/\(pages)/demo.page"
        let whole = try fixture.folder.read(file)
        for damage in [[], Array(whole.dropLast()), whole.dropLast() + [whole[whole.count - 1] ^ 1], [UInt8](repeating: 0, count: whole.count)] {
            _ = try fixture.folder.write(file, damage)
            #expect(try await fixture.page("demo", nil, restarted)?.count == 7)
            #expect(try fixture.folder.read(file) == whole)
        }
        #expect(fixture.index.requestCount() == 5)
    }

    @Test func manyCallersShareOneRequest() async throws {
        let fixture = try await fixture()
        try await fixture.withClient { client in
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<50 { group.addTask { try await client.page(for: PackageName(parsing: "demo"))?.count } }
                for try await count in group { #expect(count == 7) }
            }
        }
        #expect(fixture.index.requestCount() == 1)
    }

    @Test func aCancelledCallerEndsOnlyItsOwnWaiting() async throws {
        let fixture = try await fixture()
        var stalled = LoopbackServer.Reply(200, [("Content-Type", "text/html")], Array("<html></html>".utf8))
        stalled.delivery = .stalled(after: 6)
        fixture.index.update { $0.first = [stalled] }
        try await fixture.withClient { client in
            let alone = Task { try await client.page(for: PackageName(parsing: "demo")) }
            while fixture.index.requestCount() == 0 { await Task.yield() }
            alone.cancel()
            await #expect(throws: PackageSourceError.self) { try await alone.value }
            let page = try await client.page(for: PackageName(parsing: "demo"))
            #expect(page?.count == 7)
        }
    }

    @Test(arguments: [
        ("application/vnd.pypi.simple.v1+json", "{\"files\": 3}"), ("application/json", "<html>"),
        ("application/vnd.pypi.simple.v1+json", "{\"meta\": {\"api-version\": \"2.0\"}, \"files\": []}"),
    ])
    func saysWhatIsNoPage(type: String, body: String) async throws {
        let fixture = try await fixture()
        fixture.index.update { $0.first = [.init(200, [("Content-Type", type)], Array(body.utf8))] }
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo") }
        guard case .page? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
    }
}
