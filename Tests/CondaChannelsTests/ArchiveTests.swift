import Archives
import CondaChannels
import CondaPackaging
import Diagnostics
import Digests
import PackageSources
import SystemPackage
import TestSupport
import Testing

private let content = Array("an archive of a package".utf8)
private let digest = SHA256Digest(hashing: content)
private let md5 = MD5Digest(hex: "fd4c2b2a0ba2d2e6ab5bb5e6a7fd4a2d")

/// Archives of packages, as a lock wants them.
@Suite struct ArchiveTests {
    private func fixture() async throws -> ChannelFixture { try await ChannelFixture(["noarch/a-1-0.conda": content]) }

    private func order(_ fixture: ChannelFixture, _ change: (inout CondaArchiveOrder) -> Void = { _ in }) -> CondaArchiveOrder {
        var order = CondaArchiveOrder(url: "\(fixture.server.url)/demo/noarch/a-1-0.conda", sha256: digest, size: Int64(content.count))
        change(&order)
        return order
    }

    private func fetch(_ fixture: ChannelFixture, _ order: CondaArchiveOrder, offline: Bool = false) async throws -> FetchedArchive {
        try await fixture.withClient(offline: offline) { try await $0.archives.fetch(order) }
    }

    @Test func isFetchedOnceAndVerified() async throws {
        let fixture = try await fixture()
        let first = try await fetch(fixture, order(fixture))
        #expect(first.sha256 == digest && first.size == Int64(content.count))
        #expect(try await fetch(fixture, order(fixture)) == first)
        #expect(try await fetch(fixture, order(fixture), offline: true) == first)
        #expect(fixture.asked.count == 1)
    }

    @Test func whatIsKnownByItsMD5OnlyIsKeptToo() async throws {
        let fixture = try await fixture()
        let wrong = order(fixture) { ($0.sha256, $0.md5) = (nil, md5) }
        let error = await #expect(throws: CondaChannelError.self) { try await fetch(fixture, wrong) }
        guard case .archive(_, _, .hashMismatch(_, "md5", _, let found))? = error else { return #expect(Bool(false), "\(error as Any)") }
        let right = order(fixture) { ($0.sha256, $0.md5) = (nil, MD5Digest(hex: found)) }
        #expect(try await fetch(fixture, right).sha256 == digest)
        let before = fixture.asked.count
        fixture.update { $0.headers = [("Cache-Control", "no-cache")] }
        #expect(try await fetch(fixture, right).sha256 == digest)
        #expect(fixture.asked.count == before)
    }

    @Test func anotherContentIsRefused() async throws {
        let fixture = try await fixture()
        fixture.update { $0.files["/demo/noarch/a-1-0.conda"] = Array("an archive of a trouble".utf8) }
        let changed = await #expect(throws: CondaChannelError.self) { try await fetch(fixture, order(fixture)) }
        guard case .archive(_, _, .digestMismatch)? = changed else { return #expect(Bool(false), "\(changed as Any)") }
        let longer = order(fixture) { ($0.sha256, $0.size) = (nil, 5) }
        let size = await #expect(throws: CondaChannelError.self) { try await fetch(fixture, longer) }
        guard case .archive(_, _, .sizeMismatch(_, 5, _))? = size else { return #expect(Bool(false), "\(size as Any)") }
        #expect(try fixture.files(endingIn: ".conda").isEmpty, "nothing of it is kept")
    }

    @Test func aPackageThatVanishedIsSaid() async throws {
        let fixture = try await fixture()
        fixture.update { $0.files = [:] }
        let error = await #expect(throws: CondaChannelError.self) { try await fetch(fixture, order(fixture)) }
        guard case .archive(_, "demo", .status(_, 404, _))? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(error?.diagnostic.help?.contains("does not have it any more") == true)
        #expect(error?.diagnostic.details.contains("wanted is the conda package a-1-0.conda of the channel 'demo'") == true)
        let offline = await #expect(throws: CondaChannelError.self) { try await fetch(fixture, order(fixture), offline: true) }
        guard case .archive(_, "demo", .offline)? = offline else { return #expect(Bool(false), "\(offline as Any)") }
    }

    @Test func aFileOfThisMachineStaysWhereItIs() async throws {
        let fixture = try await fixture()
        let path = try fixture.folder.write(folders: "my channel/noarch/a-1-0.conda", content)
        let here = order(fixture) { $0.url = "file://\(path.string.replacing(" ", with: "%20"))" }
        #expect(try await fetch(fixture, here, offline: true).path == path)
        let other = order(fixture) { ($0.url, $0.sha256) = (here.url, SHA256Digest(hashing: "other")) }
        await #expect(throws: CondaChannelError.self) { try await fetch(fixture, other) }
    }
}
