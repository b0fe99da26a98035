import Archives
import CondaChannels
import CondaPackaging
import Diagnostics
import PackageSources
import SystemPackage
import TestSupport
import Testing

private let six = try! CondaName(parsing: "six")

/// Repodata over the network, through the cache.
@Suite struct ContentTests {
    private func fixture() async throws -> ChannelFixture {
        try await ChannelFixture([
            "linux-64/repodata.json.zst": Zstd.compress(repodata(["six-1.0-0", "zlib-1.3-h1"])),
            "noarch/repodata.json": repodata(["six-1.1-pyh0"]),
        ])
    }

    @Test func isFetchedInTheFormThatIsThere() async throws {
        let fixture = try await fixture()
        let contents = try await fixture.contents()
        #expect(contents.map(\.subdir) == [.linux64, .noarch])
        #expect(contents.map(\.channel.name) == ["demo", "demo"])
        #expect(try contents.map { try $0.candidates(of: six).map(\.version.description) } == [["1.0"], ["1.1"]])
        #expect(contents[0].packageNames.map(\.description) == ["six", "zlib"])
        let record = try #require(try contents[0].records(of: six).first)
        #expect(contents[0].url(of: record.fileName) == "\(fixture.server.url)/demo/linux-64/six-1.0-0.conda")
        #expect(record.depends == ["python >=3.8"] && record.subdir == .linux64)
    }

    @Test func isKeptAndValidated() async throws {
        let fixture = try await fixture()
        _ = try await fixture.contents()
        let first = fixture.asked.count
        _ = try await fixture.contents(after: 30)
        #expect(fixture.asked.count == first, "fresh, and what is missing is remembered")
        _ = try await fixture.contents(after: 90)
        #expect(fixture.asked.count == first + 2, "validated, without asking for what is missing")
        #expect(fixture.server.requests.suffix(2).allSatisfy { $0.header("if-none-match") != nil })
        #expect(try await fixture.contents(offline: true, after: 9999).count == 2)
        #expect(fixture.asked.count == first + 2)
        fixture.update { $0.files["/demo/noarch/repodata.json"] = repodata(["six-2.0-0"]) }
        let fresh = try await fixture.contents(refresh: .all)
        #expect(try fresh[1].candidates(of: six).map(\.version.description) == ["2.0"])
    }

    @Test func aWishedLifetimeCounts() async throws {
        let fixture = try await fixture()
        var settings = fixture.settings
        settings.usesShards = false
        settings.lifetime = 1000
        _ = try await fixture.contents(settings)
        let first = fixture.asked.count
        _ = try await fixture.contents(settings, after: 900)
        #expect(fixture.asked.count == first)
        settings.lifetime = 0
        _ = try await fixture.contents(settings)
        #expect(fixture.asked.count == first + 2)
    }

    @Test func currentRepodataWhereItIsWanted() async throws {
        let fixture = try await fixture()
        fixture.update { $0.files["/demo/linux-64/current_repodata.json"] = repodata(["six-9-0"]) }
        var settings = fixture.settings
        settings.usesCurrentRepodata = true
        let contents = try await fixture.contents(settings)
        #expect(try contents.map { try $0.candidates(of: six).map(\.version.description) } == [["9"], ["1.1"]])
    }

    @Test func aSubdirMayBeMissingButNotAllOfThem() async throws {
        let fixture = try await fixture()
        fixture.update { $0.files["/demo/linux-64/repodata.json.zst"] = nil }
        #expect(try await fixture.contents().map(\.subdir) == [.noarch])
        fixture.update { $0.files = [:] }
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents(refresh: .all) }
        guard case .missing("demo", _, [.linux64, .noarch])? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(error?.diagnostic.headline == "The channel 'demo' has nothing for linux-64 and noarch")
    }

    @Test func aServerThatFailsIsSaidOnce() async throws {
        let fixture = try await fixture()
        fixture.update { $0.status = 503 }
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents() }
        guard case .unreachable("demo", _, .status(_, 503, 4))? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test func offlineWithAnEmptyCacheIsSaid() async throws {
        let fixture = try await fixture()
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents(offline: true) }
        guard case .unreachable("demo", _, .offline)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(fixture.asked.isEmpty)
    }

    @Test func archivesMayBeElsewhere() async throws {
        let fixture = try await fixture()
        fixture.update { $0.files["/demo/noarch/repodata.json"] = repodata(["six-2.0-0"], info: #""base_url":"../files/""#) }
        let contents = try await fixture.contents()
        #expect(contents[1].archivesURL == "\(fixture.server.url)/demo/files")
        fixture.update { $0.files["/demo/noarch/repodata.json"] = repodata(["six-2.0-0"], info: #""base_url":"file:///etc""#) }
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents(refresh: .all) }
        guard case .broken? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test func folderOfThisMachine() async throws {
        let fixture = try await fixture()
        let file = try fixture.folder.write(folders: "my channel/noarch/repodata.json", repodata(["six-1.1-0"]))
        var settings = fixture.settings
        settings.channelNames = [file.removingLastComponent().removingLastComponent().string]
        let first = try await fixture.contents(settings, offline: true)
        #expect(first.map(\.subdir) == [.noarch])
        #expect(try first[0].candidates(of: six).map(\.version.description) == ["1.1"])
        _ = try fixture.folder.write(folders: "my channel/noarch/repodata.json", repodata(["six-1.12-0"]))
        let second = try await fixture.contents(settings)
        #expect(try second[0].candidates(of: six).map(\.version.description) == ["1.12"])
        #expect(try first[0].candidates(of: six).map(\.version.description) == ["1.1"], "what is open stays as it was")
        settings.channelNames = ["/does/not/exist"]
        let nowhere = settings
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents(nowhere) }
        guard case .missing? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test func severalAtOnceAgree() async throws {
        let fixture = try await fixture()
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await fixture.contents().reduce(0) { try $0 + $1.candidates(of: six).count } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 2, count: 8))
    }

    @Test func aDamagedIndexIsMadeAnew() async throws {
        let fixture = try await fixture()
        _ = try await fixture.contents()
        var damaged = 0
        for path in try fixture.files(endingIn: ".index") {
            _ = try fixture.folder.write(path, Array("nonsense".utf8))
            damaged += 1
        }
        #expect(damaged == 2)
        #expect(try await fixture.contents(offline: true).map { try $0.candidates(of: six).count } == [1, 1])
    }
}
