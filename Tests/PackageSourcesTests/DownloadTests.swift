import Digests
import PackageSources
import SystemPackage
import TestSupport
import Testing

private let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 9) }

@Suite struct DownloadTests {
    private struct Setting {
        var fixture: ClientFixture
        var url: String { "\(fixture.index.server.url)/files/big.whl" }
        var destination: FilePath { fixture.folder.path.appending("big.whl") }
    }

    private func setting(_ change: (inout LoopbackIndex.Behaviour) -> Void = { _ in }) async throws -> Setting {
        let fixture = try await ClientFixture()
        fixture.index.update {
            $0.projects["big"] = [.init(filename: "big.whl", bytes: content)]
            change(&$0)
        }
        return Setting(fixture: fixture)
    }

    /// - Parameter timeout: short only where the silence of the server is what is tested.
    private func download(
        _ setting: Setting, sha256: SHA256Digest? = nil, size: Int64? = nil, timeout: Duration = .seconds(60)
    ) async throws -> SHA256Digest {
        var configuration = try IndexConfiguration(index: setting.fixture.index.url)
        configuration.timeout = timeout
        return try await setting.fixture.withClient(configuration) {
            try await $0.download(setting.url, sha256: sha256, size: size, to: setting.destination)
        }
    }

    private let digest = SHA256Digest(hashing: content)

    @Test func arrivesChecked() async throws {
        let setting = try await setting()
        #expect(try await download(setting, sha256: digest, size: 3_000_000) == digest)
        #expect(try setting.fixture.folder.read("big.whl") == content)
        #expect(setting.fixture.folder.names() == ["big.whl"])
    }

    @Test func refusesOtherBytesAndLeavesNothing() async throws {
        let setting = try await setting()
        let other = SHA256Digest(hashing: "other")
        let wrongHash = await #expect(throws: PackageSourceError.self) { try await download(setting, sha256: other) }
        guard case .digestMismatch(_, other, digest)? = wrongHash else { return #expect(Bool(false), "\(wrongHash as Any)") }
        for size: Int64 in [2_999_999, 3_000_001] {
            let wrongSize = await #expect(throws: PackageSourceError.self) { try await download(setting, size: size) }
            guard case .sizeMismatch? = wrongSize else { return #expect(Bool(false), "\(wrongSize as Any)") }
        }
        #expect(setting.fixture.folder.names() == [])
        #expect(setting.fixture.index.requestCount() == 3, "no attempt is repeated")
    }

    /// Breaks off twice, at different places.
    @Test(arguments: [true, false])
    func goesOnWhereItStopped(hasRanges: Bool) async throws {
        let cuts = Cuts([.cutOff(after: 1_000_000), .stalled(after: 800_000)])
        let setting = try await setting {
            $0.hasRanges = hasRanges
            $0.entityTag = "\"v1\""
            $0.change = { _, reply in reply.delivery = cuts.next() }
        }
        #expect(try await download(setting, sha256: digest, size: 3_000_000, timeout: .seconds(2)) == digest)
        #expect(try setting.fixture.folder.read("big.whl") == content)
        let ranges = setting.fixture.index.server.requests.map { $0.header("range") != nil }
        #expect(ranges == [false, true, true])
        #expect(setting.fixture.index.server.requests[1].header("if-range") == "\"v1\"")
    }

    @Test func startsAgainWhenTheFileChanged() async throws {
        let cuts = Cuts([.cutOff(after: 1_000_000)])
        let setting = try await setting {
            $0.entityTag = "\"v1\""
            $0.projects["big"]?[0].bytes = [UInt8](repeating: 7, count: 3_000_000)
            $0.change = { _, reply in reply.delivery = cuts.next() }
        }
        let index = setting.fixture.index
        cuts.onNext {
            index.update {
                $0.entityTag = "\"v2\""
                $0.projects["big"]?[0].bytes = content
            }
        }
        #expect(try await download(setting, sha256: digest) == digest)
    }

    @Test func givesUpAfterSomeTime() async throws {
        let setting = try await setting { $0.change = { _, reply in reply.delivery = .cutOff(after: 10) } }
        let error = await #expect(throws: PackageSourceError.self) { try await download(setting) }
        guard case .unreachable(_, attempts: 4, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(setting.fixture.folder.names() == [])
    }

    @Test func aFolderThatIsNotThereIsSaid() async throws {
        let setting = try await setting()
        let error = await #expect(throws: PackageSourceError.self) {
            try await setting.fixture.withClient {
                try await $0.download(setting.url, sha256: nil, to: setting.destination.appending("x"))
            }
        }
        guard case .cache? = error else { return #expect(Bool(false), "\(error as Any)") }
    }
}
