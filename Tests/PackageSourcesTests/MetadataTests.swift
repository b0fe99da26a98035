import Digests
import PackageSources
import PythonPackaging
import TestSupport
import Testing

@Suite struct MetadataTests {
    private func fixture(_ change: (inout LoopbackIndex.File) -> Void = { _ in }) async throws -> ClientFixture {
        let fixture = try await ClientFixture()
        var wheel = WheelBuilder("demo", "1.0")
        wheel.requiresDist = ["numpy >=1.20", "rich; extra == 'cli'"]
        wheel.requiresPython = ">=3.8"
        wheel.files = [("demo/data", String(repeating: "0123456789", count: 10_000))]
        fixture.index.add(wheel, change)
        return fixture
    }

    private func metadata(_ fixture: ClientFixture) async throws -> CoreMetadata {
        try await fixture.withClient { client in
            let listing = try #require(try await client.page(for: PackageName(parsing: "demo")))
            return try await client.metadata(of: try #require(listing.first?.files.first))
        }
    }

    enum Way: CaseIterable, Sendable { case beside, besideIsMissing, ranges, ranges404, whole }

    @Test(arguments: Way.allCases)
    func everyWayLeadsThere(way: Way) async throws {
        let fixture = try await fixture { if way == .ranges || way == .whole { $0.metadata = nil } }
        fixture.index.update { behaviour in
            if way == .whole { behaviour.hasRanges = false }
            if way == .besideIsMissing {
                behaviour.change = { request, reply in if request.path.hasSuffix(".metadata") { reply = .init(404) } }
            }
            if way == .ranges404 {
                behaviour.change = { request, reply in
                    if request.path.hasSuffix(".metadata") { reply = .init(404) }
                    // As servers do that do not know "the last bytes".
                    if request.header("range")?.hasPrefix("bytes=-") == true { reply = .init(416) }
                }
            }
        }
        for _ in 0..<2 {
            let metadata = try await metadata(fixture)
            #expect(metadata.name.description == "demo")
            #expect(metadata.requiresDist == ["numpy >=1.20", "rich; extra == 'cli'"])
            #expect(metadata.requiresPython == ">=3.8")
        }
        let asked = fixture.index.server.requests.count { $0.path.contains("/files/") }
        #expect(asked == [.beside: 1, .besideIsMissing: 2, .ranges: 1, .ranges404: 2, .whole: 2][way])
        #expect(fixture.folder.names("cache/temporary").isEmpty)
    }

    @Test func refusesMetadataWithAnotherHash() async throws {
        let fixture = try await fixture()
        fixture.index.update {
            $0.change = { request, reply in if request.path.hasSuffix(".metadata") { reply.body += Array("\n".utf8) } }
        }
        let error = await #expect(throws: PackageSourceError.self) { try await metadata(fixture) }
        guard case .digestMismatch? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(fixture.folder.names("cache/metadata").isEmpty)
    }

    @Test func refusesAWheelWithAnotherHash() async throws {
        let fixture = try await fixture {
            $0.metadata = nil
            $0.statedSHA256 = SHA256Digest(hashing: "other").hex
        }
        fixture.index.update { $0.hasRanges = false }
        let error = await #expect(throws: PackageSourceError.self) { try await metadata(fixture) }
        guard case .digestMismatch? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(fixture.folder.names("cache/temporary").isEmpty)
    }

    @Test(arguments: ["Metadata-Version: 2.1\nName: other\nVersion: 1.0\n", "Metadata-Version: 2.1\nName: demo\nVersion: 2\n", "x"])
    func refusesTheMetadataOfAnother(text: String) async throws {
        let fixture = try await fixture { $0.metadata = Array(text.utf8) }
        let error = await #expect(throws: PackageSourceError.self) { try await metadata(fixture) }
        guard case .metadata(let file, _, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(file == "demo-1.0-py3-none-any.whl")
    }

    @Test func aSourceDistributionHasNone() async throws {
        let fixture = try await ClientFixture()
        let file = IndexFile(filename: "demo-1.0.tar.gz", url: "\(fixture.index.server.url)/files/demo-1.0.tar.gz")
        await #expect(throws: PackageSourceError.self) { try await fixture.withClient { try await $0.metadata(of: file) } }
        #expect(fixture.index.requestCount() == 0)
    }
}
