import Diagnostics
import PackageSources
import PythonPackaging
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct FailureTests {
    private func fixture(_ first: [LoopbackServer.Reply]) async throws -> ClientFixture {
        let fixture = try await ClientFixture()
        fixture.index.add(WheelBuilder("demo", "1.0"))
        fixture.index.update { $0.first = first }
        return fixture
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504])
    func triesAgain(status: Int) async throws {
        let fixture = try await fixture([.init(status), .init(status), .init(status)])
        #expect(try await fixture.page("demo")?.count == 1)
        #expect(fixture.pauses.all == [.milliseconds(400), .milliseconds(800), .milliseconds(1600)])
    }

    @Test func givesUpWithOneError() async throws {
        let fixture = try await fixture((0..<4).map { _ in .init(503) })
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo") }
        let diagnostic = try #require(error?.diagnostic)
        #expect(diagnostic.failure == .infrastructure)
        #expect(diagnostic.headline.contains("\(fixture.index.server.url)/simple/demo/"))
        #expect(diagnostic.headline.contains("4 attempts"))
        #expect(diagnostic.help != nil)
        #expect(fixture.index.requestCount() == 4)
    }

    @Test func waitsAsLongAsTheServerWants() async throws {
        let fixture = try await fixture([.init(429, [("Retry-After", "7")]), .init(503, [("Retry-After", "9999")])])
        #expect(try await fixture.page("demo")?.count == 1)
        #expect(fixture.pauses.all == [.seconds(7), .seconds(60)])
    }

    @Test func waitsUntilTheTimeTheServerNames() async throws {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        let fixture = try await fixture([.init(503, [("Retry-After", date)]), .init(503, [("Retry-After", "soon")])])
        #expect(try await fixture.page("demo") { $0.now = { 784_111_777 - 9 } }?.count == 1)
        #expect(fixture.pauses.all == [.seconds(9), .milliseconds(800)])
    }

    @Test func pausesVary() async throws {
        let fixture = try await fixture((0..<3).map { _ in .init(503) })
        _ = try await fixture.page("demo") { $0.chance = { 0 } }
        #expect(fixture.pauses.all == [.milliseconds(200), .milliseconds(400), .milliseconds(800)])
    }

    @Test(arguments: [400, 402, 418])
    func doesNotInsist(status: Int) async throws {
        let fixture = try await fixture([.init(status)])
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo") }
        guard case .status(_, status, attempts: 1)? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
        #expect(fixture.index.requestCount() == 1)
    }

    @Test func nobodyIsThere() async throws {
        let fixture = try await fixture([])
        let closed = try ClosedPort()
        let configuration = try IndexConfiguration(index: "\(closed.url)/simple")
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", configuration) }
        guard case .unreachable(_, attempts: 4, let reason)? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
        #expect(reason.contains("refused"))
    }

    @Test func aPageThatBreaksOffIsAskedForAgain() async throws {
        var cut = LoopbackServer.Reply(200, [("Content-Type", "text/html")], Array("<html></html>".utf8))
        cut.delivery = .cutOff(after: 6)
        let fixture = try await fixture([cut])
        #expect(try await fixture.page("demo")?.count == 1)
        #expect(fixture.index.requestCount() == 2)
    }

    @Test func aServerThatFallsSilentIsAskedAgain() async throws {
        var stalled = LoopbackServer.Reply(200, [("Content-Type", "text/html")], Array("<html></html>".utf8))
        stalled.delivery = .stalled(after: 6)
        let fixture = try await fixture([stalled])
        var configuration = try IndexConfiguration(index: fixture.index.url)
        configuration.timeout = .seconds(1)
        #expect(try await fixture.page("demo", configuration)?.count == 1)
    }

    @Test func followsRedirects() async throws {
        let fixture = try await fixture([.init(301, [("Location", "../demo/?again=1")]), .init(302, [("Location", "/simple/demo/")])])
        let listing = try #require(try await fixture.page("demo"))
        #expect(listing.first?.files.first?.file.url.hasPrefix("\(fixture.index.server.url)/files/") == true)
        #expect(fixture.index.server.requests.map(\.query) == ["", "again=1", ""])
    }

    @Test(arguments: ["/simple/demo/", "ftp://elsewhere.example/", ""])
    func refusesSenselessRedirects(target: String) async throws {
        let fixture = try await fixture((0..<10).map { _ in .init(302, [("Location", target)]) })
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo") }
        guard case .redirect? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
    }
}

@Suite struct CredentialTests {
    @Test func credentialsAreUsedAndNeverTold() async throws {
        let fixture = try await ClientFixture()
        fixture.index.add(WheelBuilder("demo", "1.0"))
        fixture.index.update { $0.credentials = ("me", "p@ss word") }
        let address = fixture.index.url.replacing("http://", with: "http://me:p%40ss%20word@")
        let configuration = try IndexConfiguration(index: address)
        #expect(try await fixture.page("demo", configuration)?.count == 1)
        #expect(!"\(configuration.indexes)".contains("word"))

        for wrong in [fixture.index.url, address.replacing("p%40ss", with: "wrong")] {
            let error = await #expect(throws: PackageSourceError.self) {
                try await fixture.page("other", IndexConfiguration(index: wrong))
            }
            guard case .refused(let url, 401, let had)? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
            #expect(had == (wrong != fixture.index.url))
            #expect(!url.contains("wrong") && !url.contains("word"))
        }
    }

    /// Whatever goes wrong: no word of it, and nothing in the cache, holds the password.
    @Test func secretsAreNowhere() async throws {
        let fixture = try await ClientFixture()
        fixture.index.add(WheelBuilder("demo", "1.0"))
        fixture.index.update { $0.credentials = ("me", "secret-word") }
        let address = fixture.index.url.replacing("http://", with: "http://me:secret-word@")
        let configuration = try IndexConfiguration(index: address)
        let said = Mutex<[String]>([])
        let client = PackageIndexClient(
            configuration: configuration, cache: fixture.cache, options: fixture.options,
            progress: { event in said.withLock { $0.append("\(event)") } })
        let listing = try #require(try await client.page(for: PackageName(parsing: "demo")))
        let file = try #require(listing.first?.files.first)
        _ = try await client.metadata(of: file)
        let archive = try await client.fetchArchive(address.replacing("/simple/", with: "/files/\(file.file.filename)"))
        var words = ["\(configuration)", "\(listing)", "\(file)", "\(archive)", String(reflecting: configuration.indexes)]
        var cut = LoopbackServer.Reply(200, [("Content-Type", "text/html")], Array("<html></html>".utf8))
        cut.delivery = .cutOff(after: 3)
        let replies: [LoopbackServer.Reply] = [
            .init(401), .init(403), .init(404), .init(500), .init(418), .init(302, [("Location", "file:///x")]),
            .init(302, [("Location", address)]), .init(200, [("Content-Type", "application/json")], [1]),
            cut,
        ]
        for (number, reply) in replies.enumerated() {
            fixture.index.update { $0.change = { _, out in out = reply } }
            let name = try PackageName(parsing: "bad-\(number)")
            do {
                _ = try await client.page(for: name)
                if reply.status != 404 { #expect(Bool(false), "\(reply.status)") }
            } catch {
                let diagnostic = error.diagnostic
                words += ["\(error)", "\(diagnostic)", diagnostic.headline, diagnostic.details.joined(), diagnostic.help ?? ""]
            }
            for url in ["\(address)files-\(number)", address] {
                do { _ = try await client.fetchArchive(url) } catch { words += ["\(error)", "\(error.diagnostic)"] }
            }
        }
        await client.shutdown()
        #expect(words.count > 20)
        for word in words + said.withLock({ $0 }) { #expect(!word.contains("secret-word"), "\(word)") }
        for (path, bytes) in try fixture.folder.everything() {
            #expect(!path.contains("secret-word") && !String(decoding: bytes, as: UTF8.self).contains("secret-word"), "\(path)")
        }
    }

    /// From netrc, also for a user that the address names without a password; `user` is what the address has.
    @Test(arguments: [("", true), ("me@", true), ("you@", false)])
    func netrcKnowsPasswords(user: String, isKnown: Bool) async throws {
        let fixture = try await ClientFixture()
        fixture.index.add(WheelBuilder("demo", "1.0"))
        fixture.index.update { $0.credentials = ("me", "p q") }
        let netrc = try fixture.folder.write("netrc", Array("machine 127.0.0.1 login me password \"p q\"\n".utf8))
        var options = IndexOptions()
        options.indexURL = fixture.index.url.replacing("http://", with: "http://\(user)")
        options.systemFolder = fixture.folder.path.string
        let configuration = try await IndexConfiguration.discover(
            options: options, environment: ["NETRC": netrc.string], defaultIndex: { "" })
        if isKnown {
            #expect(try await fixture.page("demo", configuration)?.count == 1)
            #expect(fixture.index.requestCount() == 1)
        } else {
            await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", configuration) }
        }
    }

    @Test func credentialsStayAtHome() async throws {
        let fixture = try await ClientFixture()
        let elsewhere = try await LoopbackIndex()
        elsewhere.add(WheelBuilder("demo", "1.0"))
        fixture.index.update { $0.first = [.init(302, [("Location", "\(elsewhere.url)demo/")])] }
        let address = fixture.index.url.replacing("http://", with: "http://me:secret@")
        #expect(try await fixture.page("demo", IndexConfiguration(index: address))?.count == 1)
        #expect(fixture.index.server.requests.first?.header("authorization") != nil)
        #expect(elsewhere.server.requests.first?.header("authorization") == nil)
    }
}
