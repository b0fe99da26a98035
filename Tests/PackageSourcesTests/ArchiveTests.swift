import Digests
import PackageSources
import PythonPackaging
import SystemPackage
import TestSupport
import Testing

private let content = Array("an archive".utf8)
private let digest = SHA256Digest(hashing: content)

/// Archives that are fetched by their address.
@Suite struct ArchiveTests {
    private func fixture(_ change: (inout LoopbackIndex.Behaviour) -> Void = { _ in }) async throws -> ClientFixture {
        let fixture = try await ClientFixture()
        fixture.index.update {
            $0.projects["demo"] = [.init(filename: "demo-1.tar.gz", bytes: content)]
            change(&$0)
        }
        return fixture
    }

    private func fetch(
        _ fixture: ClientFixture, _ hashes: [String: String] = [:], url: String? = nil, offline: Bool = false,
        refresh: RefreshPolicy = .none, after seconds: Int64 = 0
    ) async throws -> FetchedArchive {
        var configuration = try IndexConfiguration(index: fixture.index.url)
        configuration.isOffline = offline
        configuration.refresh = refresh
        let address = url ?? "\(fixture.index.server.url)/files/demo-1.tar.gz"
        return try await fixture.withClient(configuration, { options in
            options.now = { [now = options.now] in now() + seconds }
        }) { try await $0.fetchArchive(address, hashes: hashes, of: PackageName(parsing: "demo")) }
    }

    @Test func isKeptAndValidated() async throws {
        let fixture = try await fixture { ($0.entityTag, $0.cacheControl) = ("\"v1\"", "max-age=100") }
        let first = try await fetch(fixture)
        #expect(first.sha256 == digest && first.size == Int64(content.count))
        #expect(first.path.lastComponent?.string == "demo-1.tar.gz")
        #expect(first.path.starts(with: fixture.cache.root))
        #expect(try await fetch(fixture, after: 90) == first)
        #expect(fixture.index.requestCount() == 1)
        #expect(try await fetch(fixture, after: 200) == first)
        #expect(fixture.index.server.requests.last?.header("if-none-match") == "\"v1\"")
        #expect(try await fetch(fixture, refresh: .all, after: 200) == first)
        #expect(try await fetch(fixture, refresh: .packages([PackageName(parsing: "other")]), after: 50) == first)
        #expect(fixture.index.requestCount() == 3)
        fixture.index.update {
            $0.entityTag = "\"v2\""
            $0.projects["demo"]?[0].bytes = Array("another".utf8)
        }
        let second = try await fetch(fixture, after: 999)
        #expect(second.sha256 == SHA256Digest(hashing: "another"))
        #expect(second.path != first.path)
        #expect(try await fetch(fixture, ["sha256": digest.hex], offline: true) == first, "the old one is known by its hash")
        #expect(try await fetch(fixture, offline: true, after: 99999) == second)
    }

    @Test func hashesAreChecked() async throws {
        let fixture = try await fixture()
        let good = [
            "sha256": digest.hex, "sha1": "5f0de6a3b0d1e2a7e5f1f5f28d8cd1ffe2b6cf2a",
        ]
        let wrong = await #expect(throws: PackageSourceError.self) { try await fetch(fixture, good) }
        guard case .hashMismatch(_, algorithm: "sha1", _, let sha1)? = wrong else { return #expect(Bool(false), "\(wrong as Any)") }
        #expect(try await fetch(fixture, ["sha256": digest.hex, "SHA1": sha1.uppercased()]).sha256 == digest)
        for algorithm in ["sha512": 128, "sha384": 96, "md5": 32] {
            let error = await #expect(throws: PackageSourceError.self) {
                try await fetch(fixture, [algorithm.key: String(repeating: "0", count: algorithm.value)])
            }
            guard case .hashMismatch(_, algorithm.key, _, let found)? = error else { return #expect(Bool(false), "\(error as Any)") }
            #expect(found.utf8.count == algorithm.value)
            #expect(try await fetch(fixture, [algorithm.key: found]).sha256 == digest)
        }
        let other = await #expect(throws: PackageSourceError.self) {
            try await fetch(fixture, ["sha256": SHA256Digest(hashing: "x").hex])
        }
        guard case .digestMismatch? = other else { return #expect(Bool(false), "\(other as Any)") }
        let unknown = await #expect(throws: PackageSourceError.self) { try await fetch(fixture, ["blake9": "00"]) }
        guard case .uncheckableHash? = unknown else { return #expect(Bool(false), "\(unknown as Any)") }
    }

    @Test func aFileOfThisMachineStaysWhereItIs() async throws {
        let fixture = try await fixture()
        let path = try fixture.folder.write(folders: "a b/demo-1.tar.gz", content)
        let url = "file://\(path.string.replacing(" ", with: "%20"))"
        let archive = try await fetch(fixture, url: url, offline: true)
        #expect(archive == FetchedArchive(path: path, sha256: digest, size: Int64(content.count)))
        let missing = await #expect(throws: PackageSourceError.self) { try await fetch(fixture, url: url + ".gone") }
        guard case .localFile? = missing else { return #expect(Bool(false), "\(missing as Any)") }
    }

    @Test func offlineIsSaid() async throws {
        let fixture = try await fixture()
        let error = await #expect(throws: PackageSourceError.self) { try await fetch(fixture, offline: true) }
        guard case .offline? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(fixture.index.requestCount() == 0)
    }

    @Test func credentialsInTheAddressAreUsedAndNotKept() async throws {
        let fixture = try await fixture { $0.credentials = ("me", "secret") }
        let address = "\(fixture.index.server.url)/files/demo-1.tar.gz".replacing("http://", with: "http://me:secret@")
        #expect(try await fetch(fixture, url: address).sha256 == digest)
        #expect(withoutCredentials(address + "#sha256=00") == "\(fixture.index.server.url)/files/demo-1.tar.gz#sha256=00")
    }

    @Test(arguments: ["/a/..%2f..%2fevil", "/", "/a/%00", "/.."])
    func namesStayInTheCache(path: String) async throws {
        let fixture = try await fixture()
        fixture.index.update { $0.change = { _, reply in reply = .init(200, [], content) } }
        let archive = try await fetch(fixture, url: fixture.index.server.url + path)
        #expect(archive.path.lastComponent?.string == "archive")
    }

    @Test func anUnusableAddressIsSaid() async throws {
        let fixture = try await fixture()
        for url in ["ftp://a.example/x.zip", "x.zip", "https://"] {
            await #expect(throws: PackageSourceError.self) { try await fetch(fixture, url: url) }
        }
    }
}
