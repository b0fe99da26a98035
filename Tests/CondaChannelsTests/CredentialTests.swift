import CondaChannels
import CondaPackaging
import Diagnostics
import FoundationEssentials
import PackageSources
import SystemPackage
import TestSupport
import Testing

/// Channels that want to know who asks, and channels that are elsewhere too.
@Suite struct CredentialTests {
    private func fixture() async throws -> ChannelFixture {
        try await ChannelFixture(["noarch/repodata.json": repodata(["six-1.0-0"]), "noarch/six-1.0-0.conda": Array("an archive".utf8)])
    }

    private func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }

    private func archive(of content: ChannelContent) throws -> CondaArchiveOrder {
        CondaArchiveOrder(url: content.url(of: try #require(try content.records(of: CondaName(parsing: "six")).first).fileName))
    }

    @Test func basicOnesOfTheAddressServeArchivesToo() async throws {
        let fixture = try await fixture()
        fixture.update { $0.authorization = basic("me:se cret") }
        var settings = fixture.settings
        settings.channelNames = [fixture.server.url.replacing("http://", with: "http://me:se%20cret@") + "/demo"]
        try await fixture.withClient(settings) { client in
            let contents = try await client.contents(of: client.settings.channels(), for: .linux64)
            let order = try archive(of: contents[0])
            #expect(!order.url.contains("secret") && !order.url.contains("@"))
            #expect(try await client.archives.fetch(order).size == 10)
        }
    }

    @Test func aTokenIsPutIntoThePathAndNowhereElse() async throws {
        let fixture = try await fixture()
        fixture.update { site in site.files = Dictionary(uniqueKeysWithValues: site.files.map { ("/t/to-ken" + $0.key, $0.value) }) }
        var settings = fixture.settings
        settings.channelNames = ["\(fixture.server.url)/t/to-ken/demo"]
        let wanted = try await fixture.withClient(settings) { client in
            let contents = try await client.contents(of: client.settings.channels(), for: .linux64)
            let order = try archive(of: contents[0])
            #expect(order.url == "\(fixture.server.url)/demo/noarch/six-1.0-0.conda")
            #expect(contents[0].origin == "\(fixture.server.url)/demo/noarch/repodata.json")
            #expect(try await client.archives.fetch(order).size == 10)
            return order
        }
        fixture.update { $0.status = 500 }
        let same = settings
        var other = wanted
        other.url += "x.conda"
        let vanished = other
        let error = await #expect(throws: CondaChannelError.self) {
            try await fixture.withClient(same) { client in _ = try await client.archives.fetch(vanished) }
        }
        let diagnostic = try #require(error?.diagnostic)
        #expect(!"\(diagnostic)".contains("to-ken"), "\(diagnostic)")
        for file in try fixture.folder.everything() {
            #expect(!String(decoding: file.bytes, as: UTF8.self).contains("to-ken"), "\(file.path)")
        }
    }

    @Test func netrcIsLookedAt() async throws {
        let fixture = try await fixture()
        fixture.update { $0.authorization = basic("me:word") }
        let netrc = try fixture.folder.write("netrc", Array("machine 127.0.0.1 login me password word\n".utf8))
        let environment = ["NETRC": netrc.string]
        #expect(try await fixture.contents(environment: environment).count == 1)
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents(refresh: .all) }
        guard case .unreachable(_, _, .refused(_, 401, hadCredentials: false))? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(error?.diagnostic.help?.contains("netrc") == true)
    }

    @Test func mirrorsAreTriedInTurn() async throws {
        let fixture = try await fixture()
        let closed = try ClosedPort()
        let gone = closed.url
        var settings = fixture.settings
        settings.home = "\(gone)/nowhere"
        settings.mirrors = ["demo": ["\(gone)/mirror", "\(fixture.server.url)/demo"]]
        try await fixture.withClient(settings) { client in
            let contents = try await client.contents(of: client.settings.channels(), for: .linux64)
            let order = try archive(of: contents[0])
            #expect(order.url == "\(gone)/nowhere/demo/noarch/six-1.0-0.conda", "a lock names the channel, not the mirror")
            #expect(try await client.archives.fetch(order).size == 10)
        }
        settings.mirrors = ["demo": ["\(gone)/mirror"]]
        let alone = settings
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents(alone, refresh: .all) }
        guard case .unreachable("demo", _, .unreachable)? = error else { return #expect(Bool(false), "\(error as Any)") }
    }
}
