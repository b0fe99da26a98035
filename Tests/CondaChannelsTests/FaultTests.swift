import Archives
import CondaChannels
import CondaPackaging
import Diagnostics
import Digests
import PackageSources
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Servers that do not do what they should, and channels that change while somebody uses them.
@Suite struct FaultTests {
    private func fixture() async throws -> ChannelFixture {
        try await ChannelFixture(["linux-64/repodata.json": repodata(["six-1.0-0"]), "noarch/repodata.json": emptyRepodata])
    }

    private func versions(_ contents: [ChannelContent]) throws -> [String] {
        try contents.flatMap { try $0.candidates(of: CondaName(parsing: "six")).map(\.version.description) }
    }

    @Test(arguments: ["<!DOCTYPE html><title>Log in</title>", "\n  <html></html>"])
    func aWebPageIsToldAsOne(page: String) async throws {
        let fixture = try await fixture()
        fixture.update { $0.files["/demo/linux-64/repodata.json"] = Array(page.utf8) }
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents() }
        #expect(error?.diagnostic.headline.contains("it is a web page") == true, "\(error as Any)")
    }

    @Test func redirectsWithoutEnd() async throws {
        let fixture = try await fixture()
        fixture.update { ($0.status, $0.statusHeaders) = (302, [("Location", "/demo/again")]) }
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents() }
        guard case .unreachable("demo", _, .redirect)? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    /// "Not modified", to somebody who has nothing.
    @Test func nothingIsCurrent() async throws {
        let fixture = try await fixture()
        fixture.update { $0.status = 304 }
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents() }
        guard case .unreachable("demo", _, .status(_, 304, _))? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test func textThatComesCompressed() async throws {
        let fixture = try await fixture()
        fixture.update { $0.files["/demo/linux-64/repodata.json"] = Gzip.compress(repodata(["six-3.0-0"])) }
        #expect(try versions(try await fixture.contents()) == ["3.0"])
        // 80 MB of blanks in some kilobytes.
        fixture.update { $0.files["/demo/linux-64/repodata.json"] = Gzip.compress([UInt8](repeating: 0x20, count: 80 << 20), level: 1) }
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents(refresh: .all) }
        guard case .broken("demo", _, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    /// What is looked for first may be forbidden where it is not there.
    @Test(arguments: [403, 405])
    func whatIsNotThereMayBeForbidden(status: Int) async throws {
        let fixture = try await fixture()
        fixture.update { $0.missingStatus = status }
        #expect(try versions(try await fixture.contents()) == ["1.0"])
    }

    @Test func whatWasMissingIsMissingOfflineToo() async throws {
        let fixture = try await fixture()
        fixture.update { $0.files["/demo/noarch/repodata.json"] = nil }
        #expect(try await fixture.contents().map(\.subdir) == [.linux64])
        #expect(try await fixture.contents(offline: true, after: 90 * 86400).map(\.subdir) == [.linux64])
    }

    @Test func whatWasReplacedTakesNoRoom() async throws {
        let fixture = try await fixture()
        _ = try await fixture.contents()
        for number in 2...4 {
            fixture.update { $0.files["/demo/linux-64/repodata.json"] = repodata(["six-\(number).0-0"]) }
            #expect(try versions(try await fixture.contents(refresh: .all)) == ["\(number).0"])
        }
        #expect(try fixture.files(endingIn: "/repodata.json").count == 2, "one of each folder")
        #expect(try fixture.files(endingIn: ".index").count == 2)
        #expect(try versions(try await fixture.contents(offline: true)) == ["4.0"])
    }

    /// Another process has just removed what this one was told of.
    @Test func aFileThatIsGoneIsFetchedAgain() async throws {
        let fixture = try await fixture()
        _ = try await fixture.contents()
        for path in try fixture.files(endingIn: "/repodata.json") + fixture.files(endingIn: ".index") {
            #expect(unlink(fixture.folder.path.appending(path).string) == 0)
        }
        #expect(try versions(try await fixture.contents()) == ["1.0"])
    }
}
