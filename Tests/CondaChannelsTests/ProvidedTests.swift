import Archives
import CondaChannels
import CondaPackaging
import Digests
import FoundationEssentials
import PackageSources
import PythonPackaging
import TestSupport
import Testing

/// Which Python projects packages provide.
@Suite struct ProvidedTests {
    private static let metadata = "Metadata-Version: 2.1\nName: six\nVersion: 1.17.0\nProvides-Extra: more\n"

    /// A `.conda` with these files, of which a list is in it.
    private static func package(_ info: [(String, String)], files: [(String, String)] = [], padding: Int = 0) throws -> [UInt8] {
        func tar(_ files: [(String, String)]) throws -> [UInt8] {
            var writer = TarWriter()
            for (name, text) in files { try writer.add(EntryPath(parsing: name), .file(Array(text.utf8), isExecutable: false)) }
            return Zstd.compress(writer.finish())
        }
        let filling = (0..<padding).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 5) }
        return ZipBuilder([
            .init(name: "metadata.json", content: Array(#"{"conda_pkg_format_version": 2}"#.utf8), isDeflated: false),
            .init(name: "filling", content: filling, isDeflated: false),
            .init(name: "pkg-six-1.17.0-0.tar.zst", content: try tar(files), isDeflated: false),
            .init(name: "info-six-1.17.0-0.tar.zst", content: try tar(info), isDeflated: false),
        ]).bytes()
    }

    private static func paths(_ names: [String]) -> (String, String) {
        let entries = names.map { #"{"_path":"\#($0)","path_type":"hardlink","sha256":"00","size_in_bytes":1}"# }
        return ("info/paths.json", #"{"paths":[\#(entries.joined(separator: ","))],"paths_version":1}"#)
    }

    private static let sixPath = "site-packages/six-1.17.0.dist-info/METADATA"
    private static let listed = paths(["site-packages/six.py", sixPath, "bin/six"])

    private func fixture(_ bytes: [UInt8]) async throws -> ChannelFixture { try await ChannelFixture(["noarch/six-1.17.0-0.conda": bytes]) }

    private func order(_ fixture: ChannelFixture, _ bytes: [UInt8]) -> CondaArchiveOrder {
        CondaArchiveOrder(
            url: "\(fixture.server.url)/demo/noarch/six-1.17.0-0.conda", sha256: SHA256Digest(hashing: bytes), size: Int64(bytes.count))
    }

    private func provided(_ fixture: ChannelFixture, _ order: CondaArchiveOrder, offline: Bool = false) async throws -> [String] {
        try await fixture.withClient(offline: offline) { client in
            let found = try await PackageInfoReader(client.archives, cache: fixture.cache).provided(by: order)
            return found.distributions.map { "\($0.name) \($0.version)" }
        }
    }

    @Test func onlyThePartWithTheListIsFetched() async throws {
        let bytes = try Self.package([Self.listed], padding: 200_000)
        let fixture = try await fixture(bytes)
        let order = order(fixture, bytes)
        #expect(try await provided(fixture, order) == ["six 1.17.0"])
        #expect(fixture.server.requests.allSatisfy { $0.header("range") != nil })
        let before = fixture.asked.count
        #expect(try await provided(fixture, order, offline: true) == ["six 1.17.0"])
        #expect(fixture.asked.count == before, "kept by the archive's hash")
    }

    /// More than are looked into at once, one of them twice.
    @Test func manyAtOnce() async throws {
        let names = (0..<40).map { "p\($0)" }
        let packages = try names.map { try Self.package([Self.paths(["site-packages/\($0)-1.dist-info/METADATA"])]) }
        let fixture = try await ChannelFixture(Dictionary(uniqueKeysWithValues: zip(names.map { "noarch/\($0)-1-0.conda" }, packages)))
        var orders = zip(names, packages).map { name, bytes in
            CondaArchiveOrder(url: "\(fixture.server.url)/demo/noarch/\(name)-1-0.conda", sha256: SHA256Digest(hashing: bytes))
        }
        orders.append(orders[0])
        let wanted = orders
        try await fixture.withClient { client in
            let reader = PackageInfoReader(client.archives, cache: fixture.cache)
            let found = try await reader.provided(by: wanted)
            #expect(found.map { $0.distributions.map(\.name.description) } == (names + ["p0"]).map { [$0] })
            #expect(try await reader.provided(by: []).isEmpty)
        }
        fixture.update { $0.files = [:] }
        orders[7].sha256 = SHA256Digest(hashing: "another one")
        let gone = orders
        let error = await #expect(throws: CondaChannelError.self) {
            try await fixture.withClient { client in
                try await PackageInfoReader(client.archives, cache: fixture.cache).provided(by: gone)
            }
        }
        guard case .archive(let url, "demo", .status(_, 404, _))? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(url == gone[7].url)
    }

    @Test func aServerWithoutRangesGivesAllOfIt() async throws {
        let bytes = try Self.package([Self.listed])
        let fixture = try await fixture(bytes)
        fixture.update { $0.knowsRanges = false }
        #expect(try await provided(fixture, order(fixture, bytes)) == ["six 1.17.0"])
        #expect(try fixture.files(endingIn: ".conda").count == 1)
    }

    @Test func metadataIsReadOutOfTheArchive() async throws {
        let bytes = try Self.package([Self.listed], files: [("site-packages/six.py", "x"), (Self.sixPath, Self.metadata)])
        let fixture = try await fixture(bytes)
        let order = order(fixture, bytes)
        try await fixture.withClient { client in
            let reader = PackageInfoReader(client.archives, cache: fixture.cache)
            let found = try #require(try await reader.provided(by: order).distributions.first)
            let text = try await reader.metadata(of: found, in: order)
            let metadata = try CoreMetadata(parsing: text)
            #expect(metadata.name.description == "six")
            let gone = try #require(ProvidedDistribution(path: "site-packages/none-1.dist-info/METADATA"))
            let error = await #expect(throws: CondaChannelError.self) { try await reader.metadata(of: gone, in: order) }
            guard case .notAPackage? = error else { return #expect(Bool(false), "\(error as Any)") }
        }
    }

    @Test func oldPackagesHaveAPlainList() async throws {
        let bytes = try Self.package([("info/files", "lib/python3.6/site-packages/Six_X-2.0-py3.6.egg-info\nbin/x\n")])
        let fixture = try await fixture(bytes)
        #expect(try await provided(fixture, order(fixture, bytes)) == ["six-x 2.0"])
    }

    @Test func packagesOfTheOldFormat() async throws {
        // A tar archive with both lists, `six.py` and the metadata.
        let text = """
            QlpoOTFBWSZTWbDGgF8AARTfo8+QUAf/kCYHJQrv/99qIAAgAAIACAgwARtWAkpNEnqbaU2k9RtARgh6mmT1MjBkT9QSppTaZQ0yaAaAAyAAAACUiIaNGjEe\
            iAADQaGmhoAZRynfD8ig9WGgEV5XVARCMZF3BoHgFDdaAGrBFKcgKBYBEjKDwXlM2b44/T8i0Xzt6oFbfCoA0BE+ECPOUILDGDYaVAhmBgLAQ3cNe2kALQGQ\
            Jnln0ZlMI0lc+Ei2vxNq4ghHghdMiIsEBsbPQoxBsFqWda1b+k/U2JbFA2/e1upy9waKwZ8BVAFr+iRSjKqm2gr6UlnMMGDIhwd5Oxc6E98lCnTEE8lgdIpd\
            oNE5EcCcFlwmZXLbR7BhGAzCsmiN9Ugf9xPC6pZYAhBqJngx0KM2N8P3NdBB2F3JFOFCQsMaAXw=
            """
        let bytes = try #require(Data(base64Encoded: text).map(Array.init))
        let fixture = try await ChannelFixture(["noarch/six-1.17.0-0.tar.bz2": bytes])
        var order = order(fixture, bytes)
        order.url = "\(fixture.server.url)/demo/noarch/six-1.17.0-0.tar.bz2"
        let wanted = order
        #expect(try await provided(fixture, wanted) == ["six 1.17.0"])
        try await fixture.withClient { client in
            let reader = PackageInfoReader(client.archives, cache: fixture.cache)
            let found = try #require(try await reader.provided(by: wanted).distributions.first)
            #expect(String(decoding: try await reader.metadata(of: found, in: wanted), as: UTF8.self).hasPrefix("Metadata-Version: 2.1"))
        }
        let cut = Array(bytes.dropLast(20))
        fixture.update { $0.files["/demo/noarch/six-1.17.0-0.tar.bz2"] = cut }
        (order.sha256, order.size) = (SHA256Digest(hashing: cut), nil)
        let broken = order
        let error = await #expect(throws: CondaChannelError.self) { try await provided(fixture, broken) }
        guard case .notAPackage? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test(arguments: [
        [("info/paths.json", "nonsense")], [("info/paths.json", #"{"paths":3}"#)], [("info/index.json", "{}")],
    ])
    func aPackageWithoutAListIsSaid(info: [(String, String)]) async throws {
        let bytes = try Self.package(info)
        let fixture = try await fixture(bytes)
        let error = await #expect(throws: CondaChannelError.self) { try await provided(fixture, order(fixture, bytes)) }
        guard case .notAPackage(_, let reason)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(reason.contains("info/paths.json"))
    }

    @Test func whatIsNoPackageIsSaid() async throws {
        for bytes in [Array("no zip".utf8), ZipBuilder([.init(name: "x")]).bytes()] {
            let fixture = try await fixture(bytes)
            let error = await #expect(throws: CondaChannelError.self) { try await provided(fixture, order(fixture, bytes)) }
            guard case .notAPackage? = error else { return #expect(Bool(false), "\(error as Any)") }
        }
    }

    @Test(arguments: [
        ("lib/python3.12/site-packages/numpy-2.1.0.dist-info/METADATA", "numpy 2.1.0"),
        ("site-packages/Foo_Bar-1.0.egg-info/PKG-INFO", "foo-bar 1.0"),
        ("site-packages/x-1.0.egg-info", "x 1.0"),
        ("site-packages/x-1.0.dist-info/RECORD", nil),
        ("site-packages/pip/_vendor/x-1.0.dist-info/METADATA", nil),
        ("x-1.0.dist-info/METADATA", nil),
        ("site-packages/x-abc.dist-info/METADATA", nil),
        ("site-packages", nil),
    ])
    func pathsOfMetadata(path: String, expected: String?) {
        #expect(ProvidedDistribution(path: path).map { "\($0.name) \($0.version)" } == expected)
    }
}
