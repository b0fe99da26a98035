import Archives
import Diagnostics
import PackageSources
import PythonPackaging
import Synchronization
import TestSupport
import Testing

/// Servers that mean no good, or no longer know what they do.
@Suite struct HostileServerTests {
    private static let json = ("Content-Type", "application/vnd.pypi.simple.v1+json")

    private func page(_ files: String, meta: String = "\"api-version\": \"1.0\"") -> [UInt8] {
        Array("{\"meta\": {\(meta)}, \"name\": \"demo\", \"files\": [\(files)]}".utf8)
    }

    private func file(_ name: String, _ url: String) -> String { "{\"filename\": \"\(name)\", \"url\": \"\(url)\", \"hashes\": {}}" }

    private func fixture(_ reply: LoopbackServer.Reply) async throws -> ClientFixture {
        let fixture = try await ClientFixture()
        fixture.index.update { $0.change = { _, out in out = reply } }
        return fixture
    }

    private func failure(
        _ fixture: ClientFixture, timeout: Duration = .seconds(30), _ change: (inout HTTPOptions) -> Void = { _ in }
    ) async throws -> PackageSourceError? {
        var configuration = try IndexConfiguration(index: fixture.index.url)
        configuration.timeout = timeout
        return await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", configuration, change) }?.root
    }

    @Test func aPageThatIsTooLong() async throws {
        for headers in [[], [("Transfer-Encoding", "chunked")]] {
            let fixture = try await fixture(.init(200, [Self.json] + headers, [UInt8](repeating: 32, count: 100_000)))
            let error = try await failure(fixture) { $0.longestPage = 99_999 }
            guard case .tooLarge(_, limit: 99_999)? = error else { return #expect(Bool(false), "\(error as Any)") }
            #expect(fixture.index.requestCount() == 1)
        }
    }

    @Test(arguments: ["gzip", "zstd"])
    func aPageThatUnpacksToTooMuch(encoding: String) async throws {
        let content = [UInt8](repeating: 32, count: 1_000_000)
        let packed = encoding == "gzip" ? Gzip.compress(content) : Zstd.compress(content)
        let fixture = try await fixture(.init(200, [Self.json, ("Content-Encoding", encoding)], packed))
        let error = try await failure(fixture) { $0.longestContent = 999_999 }
        guard case .page? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(fixture.folder.names("cache/pages").isEmpty)
    }

    @Test(arguments: ["gzip", "zstd", "br", "gzip, gzip"])
    func aPageThatIsNotPackedAsItSays(encoding: String) async throws {
        let fixture = try await fixture(.init(200, [Self.json, ("Content-Encoding", encoding)], page("")))
        guard case .page? = try await failure(fixture) else { return #expect(Bool(false)) }
    }

    @Test func deepNestingCostsNothing() async throws {
        let deep = String(repeating: "[", count: 1_000_000)
        for body in [page("{\"x\": \(deep)"), Array(deep.utf8), Array("{\"meta\": {\"x\": \(deep)".utf8)] {
            guard case .page? = try await failure(try await fixture(.init(200, [Self.json], body))) else {
                return #expect(Bool(false))
            }
        }
    }

    @Test func onlyWhatIsOfTheProjectAndOfTheWeb() async throws {
        let files = [
            file("demo-1-py3-none-any.whl", "demo-1-py3-none-any.whl"), file("demo-2-py3-none-any.whl", "file:///etc/passwd"),
            file("other-3-py3-none-any.whl", "x.whl"), file("demo-4.tar.gz", "ftp://a.example/demo-4.tar.gz"),
            file("../../demo-5.tar.gz", "x"), file("a/demo-6-py3-none-any.whl", "x"), file("demo-7\\u0000.tar.gz", "x"),
            file("demo-8.tar.gz", "https://me:secret@a.example/demo-8.tar.gz"), file("demo-9.tar.gz", "HTTPS://b.example/x"),
        ]
        let fixture = try await fixture(.init(200, [Self.json], page(files.joined(separator: ","))))
        for _ in 0..<2 {
            let listing = try #require(try await fixture.page("demo"))
            #expect(listing.map(\.version.description) == ["9", "8", "1"])
            #expect(listing[1].files.first?.file.url == "https://a.example/demo-8.tar.gz")
        }
    }

    @Test func endlessDribble() async throws {
        var reply = LoopbackServer.Reply(200, [Self.json], [UInt8](repeating: 32, count: 10_000))
        reply.delivery = .dribbled(every: .milliseconds(100))
        let fixture = try await fixture(reply)
        let start = ContinuousClock.now
        // Long enough that a busy machine's pauses between two bytes are no silence.
        let error = try await failure(fixture, timeout: .seconds(6)) { $0.retries = 0 }
        guard case .unreachable(_, attempts: 1, let reason)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(reason.contains("bytes a second"))
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func silence() async throws {
        var reply = LoopbackServer.Reply(200, [Self.json], [32])
        reply.delivery = .stalled(after: 0)
        let error = try await failure(try await fixture(reply), timeout: .seconds(1)) { $0.retries = 1 }
        guard case .unreachable(_, attempts: 2, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test func aFloodOfHeaders() async throws {
        let flood = (0..<5000).map { ("X-\($0)", String(repeating: "x", count: 100)) }
        let error = try await failure(try await fixture(.init(200, flood + [Self.json], page(""))))
        guard case .unreachable(_, attempts: 1, let reason)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(reason.contains("headers"))
    }

    @Test func aChunkedPageThatBreaksOffIsAskedForAgain() async throws {
        var cut = LoopbackServer.Reply(200, [Self.json, ("Transfer-Encoding", "chunked")], page(file("demo-1.tar.gz", "x")))
        cut.delivery = .cutOff(after: 30)
        let fixture = try await ClientFixture()
        fixture.index.add(WheelBuilder("demo", "1"))
        fixture.index.update { [cut] in $0.first = [cut] }
        #expect(try await fixture.page("demo")?.count == 1)
        #expect(fixture.index.requestCount() == 2)
    }

    @Test(arguments: ["file:///etc/passwd", "FILE:/etc/passwd", "//", "http://", "https:///x", "gopher://a.example/", "http://a b/"])
    func redirectsLeadToTheWebOnly(target: String) async throws {
        let error = try await failure(try await fixture(.init(302, [("Location", target)]))) { $0.retries = 0 }
        switch error {
        case .redirect, .unreachable: break
        default: #expect(Bool(false), "\(error as Any)")
        }
    }

    @Test func aProtectedServerCannotLeadToAPlainOne() async throws {
        let fixture = try await ClientFixture()
        let index = try await LoopbackIndex(protection: .init())
        let target = "\(fixture.index.url)demo/"
        index.update { $0.change = { _, reply in reply = .init(302, [("Location", target)]) } }
        var configuration = try IndexConfiguration(index: index.url)
        configuration.trustedHosts = ["localhost"]
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", configuration) }
        guard case .redirect? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
        #expect(fixture.index.requestCount() == 0)
    }

    @Test func lineEndsInAddressesStayInTheAddress() async throws {
        let fixture = try await ClientFixture()
        fixture.index.add(WheelBuilder("demo", "1"))
        for path in ["/files/demo-1\r\nX-Evil: 1\r\n.whl", "/a b\nc"] {
            let url = fixture.index.server.url + path
            await #expect(throws: PackageSourceError.self) { try await fixture.withClient { try await $0.fetchArchive(url) } }
        }
        #expect(fixture.index.server.requests.allSatisfy { $0.header("x-evil") == nil })
        // Bytes that cannot stand in a request at all do not get that far; others are escaped.
        #expect(fixture.index.server.requests.allSatisfy { !$0.path.contains("\n") && !$0.path.contains("\r") })
    }

    @Test func laterVersionsOfTheInterface() async throws {
        let body = page(file("demo-1.tar.gz", "x"), meta: "\"api-version\": \"1.9\", \"tracks\": [1, {}]")
        let fixture = try await fixture(.init(200, [Self.json], body))
        let said = Mutex<[String]>([])
        let client = PackageIndexClient(
            configuration: try IndexConfiguration(index: fixture.index.url), cache: fixture.cache, options: fixture.options,
            progress: { event in if case .warning(let text) = event { said.withLock { $0.append(text) } } })
        #expect(try await client.page(for: PackageName(parsing: "demo"))?.count == 1)
        _ = try await client.page(for: PackageName(parsing: "demo-two"))
        await client.shutdown()
        #expect(said.withLock { $0 }.count == 1)
        #expect(said.withLock { $0 }.first?.contains("version 1.9") == true)
    }

    // MARK: Ranges

    enum Lie: CaseIterable, Sendable { case wholeFile, otherRange, noRange, wrongTotal, shortBody, longBody }

    /// Whatever a server makes of ranges: the metadata is right, out of the whole wheel if need be.
    @Test(arguments: Lie.allCases)
    func liesAboutRanges(lie: Lie) async throws {
        let fixture = try await ClientFixture()
        var wheel = WheelBuilder("demo", "1")
        wheel.requiresDist = ["rich"]
        wheel.files = [("demo/data", String(repeating: "0123456789", count: 10_000))]
        fixture.index.add(wheel) { $0.metadata = nil }
        let bytes = wheel.bytes()
        fixture.index.update {
            $0.change = { request, reply in
                guard request.header("range") != nil, request.path.hasPrefix("/files/"), reply.status == 206 else { return }
                func header(_ value: String?) {
                    reply.headers = reply.headers.filter { $0.0 != "Content-Range" } + (value.map { [("Content-Range", $0)] } ?? [])
                }
                switch lie {
                case .wholeFile: reply = .init(200, [], bytes)
                case .otherRange: header("bytes 0-\(reply.body.count - 1)/\(bytes.count)")
                case .noRange: header(nil)
                case .wrongTotal: header("bytes 0-9/99999999999999999999999")
                case .shortBody: reply.body.removeLast()
                case .longBody: reply.body.append(0)
                }
            }
        }
        try await fixture.withClient { client in
            let listing = try #require(try await client.page(for: PackageName(parsing: "demo")))
            let metadata = try await client.metadata(of: try #require(listing.first?.files.first))
            #expect(metadata.requiresDist == ["rich"])
        }
    }
}
