import Archives
import CondaChannels
import CondaPackaging
import Diagnostics
import Digests
import PackageSources
import TestSupport
import Testing

private let six = try! CondaName(parsing: "six")
private let zlib = try! CondaName(parsing: "zlib")

/// Repodata of which each package is a file of its own (CEP 16).
@Suite struct ShardTests {
    /// A shard with one record, and its name.
    private static func shard(_ name: String, _ version: String) -> [UInt8] {
        let record = MessagePack.map([
            ("name", .text(name)), ("version", .text(version)), ("build", .text("0")), ("build_number", .number(0)),
            ("depends", .array([.text("python >=3.8"), .text("odd \"quoted\"")])), ("sha256", .binary([UInt8](repeating: 0xAB, count: 32))),
            ("timestamp", .number(1_700_000_000_000)), ("size", .number(70_000)),
        ])
        return Zstd.compress(MessagePack.map([("packages", .map([])), ("packages.conda", .map([("\(name)-\(version)-0.conda", record)]))]).bytes)
    }

    private static func index(_ shards: [(String, [UInt8])], base: String = "./shards/") -> [UInt8] {
        Zstd.compress(
            MessagePack.map([
                ("version", .number(1)),
                ("info", .map([("base_url", .text("")), ("shards_base_url", .text(base)), ("subdir", .text("linux-64"))])),
                ("shards", .map(shards.map { ($0.0, .binary(SHA256Digest(hashing: $0.1).bytes)) })),
            ]).bytes)
    }

    private func fixture() async throws -> ChannelFixture {
        let shards = [("six", Self.shard("six", "1.17.0")), ("zlib", Self.shard("zlib", "1.3"))]
        var files = ["linux-64/repodata_shards.msgpack.zst": Self.index(shards), "noarch/repodata.json": emptyRepodata]
        for (_, bytes) in shards { files["linux-64/shards/\(SHA256Digest(hashing: bytes).hex).msgpack.zst"] = bytes }
        return try await ChannelFixture(files)
    }

    /// Why the records of a package cannot be loaded.
    private func failure(_ client: ChannelClient, _ name: CondaName, _ contents: [ChannelContent]) async -> CondaChannelError? {
        do throws(CondaChannelError) {
            try await client.load([name], in: contents)
            return nil
        } catch {
            return error
        }
    }

    @Test func onlyWantedShardsAreFetched() async throws {
        let fixture = try await fixture()
        try await fixture.withClient { client in
            let contents = try await client.contents(of: client.settings.channels(), for: .linux64)
            let content = contents[0]
            #expect(content.isSharded && !contents[1].isSharded)
            #expect(content.packageNames.map(\.description).sorted() == ["six", "zlib"])
            let unknown = try CondaName(parsing: "unknown")
            #expect(!content.isLoaded(six) && content.isLoaded(unknown))
            #expect(try content.candidates(of: six).isEmpty)
            let before = fixture.asked.count
            try await client.load([six, unknown], in: contents)
            try await client.load([six], in: contents)
            #expect(fixture.asked.count == before + 1)
            #expect(content.isLoaded(six) && !content.isLoaded(zlib))
            let record = try #require(try content.records(of: six).first)
            #expect(record.version.description == "1.17.0" && record.timestamp == 1_700_000_000_000 && record.size == 70_000)
            #expect(record.depends == ["python >=3.8", "odd \"quoted\""])
            #expect(record.sha256?.hex == String(repeating: "ab", count: 32))
            let candidate = try #require(try content.candidates(of: six).first)
            #expect(try content.record(of: candidate, named: six) == record)
        }
        // The next client has it from the cache, also without a network.
        try await fixture.withClient(offline: true) { client in
            let contents = try await client.contents(of: client.settings.channels(), for: .linux64)
            try await client.load([six], in: contents)
            #expect(try contents[0].candidates(of: six).count == 1)
            guard case .shard(zlib, "demo", .offline)? = await failure(client, zlib, contents) else { return #expect(Bool(false)) }
        }
    }

    @Test func aShardThatIsAnotherOneIsRefused() async throws {
        let fixture = try await fixture()
        fixture.update { site in
            for path in site.files.keys where path.contains("/shards/") { site.files[path] = Self.shard("six", "9.9") }
        }
        try await fixture.withClient { client in
            let contents = try await client.contents(of: client.settings.channels(), for: .linux64)
            let error = await failure(client, six, contents)
            guard case .shard(six, "demo", .digestMismatch)? = error else { return #expect(Bool(false), "\(error as Any)") }
        }
    }

    /// The index names them, and they are gone.
    @Test func shardsThatAreNotThereAreSaid() async throws {
        let fixture = try await fixture()
        fixture.update { site in site.files = site.files.filter { !$0.key.contains("/shards/") } }
        try await fixture.withClient { client in
            let contents = try await client.contents(of: client.settings.channels(), for: .linux64)
            let error = await failure(client, six, contents)
            guard case .shard(six, "demo", .status(_, 404, _))? = error else { return #expect(Bool(false), "\(error as Any)") }
            #expect(error?.diagnostic.help?.contains("--refresh") == true)
            #expect(!contents[0].isLoaded(six))
        }
    }

    @Test func anEndlessShardIsNotUnpacked() async throws {
        let bomb = Zstd.compress([UInt8](repeating: 0, count: 20 << 20), level: 1)
        let files = [
            "linux-64/repodata_shards.msgpack.zst": Self.index([("six", bomb)]), "noarch/repodata.json": emptyRepodata,
            "linux-64/shards/\(SHA256Digest(hashing: bomb).hex).msgpack.zst": bomb,
        ]
        let fixture = try await ChannelFixture(files)
        try await fixture.withClient { client in
            let contents = try await client.contents(of: client.settings.channels(), for: .linux64)
            let error = await failure(client, six, contents)
            guard case .broken("demo", _, let reason)? = error else { return #expect(Bool(false), "\(error as Any)") }
            #expect(reason.contains("too large"), "\(reason)")
        }
    }

    @Test func shardsMayBeSwitchedOff() async throws {
        let fixture = try await fixture()
        fixture.update { $0.files["/demo/linux-64/repodata.json"] = repodata(["six-1.0-0"]) }
        var settings = fixture.settings
        settings.usesShards = false
        #expect(try await fixture.contents(settings).map(\.isSharded) == [false, false])
    }

    @Test(arguments: [
        Array("nonsense".utf8), [], Zstd.compress([]), Zstd.compress([0xC1]), Zstd.compress([0x80]),
        Zstd.compress(MessagePack.map([("version", .number(2)), ("shards", .map([]))]).bytes),
        Array(ShardTests.index([("six", [1])]).dropLast(3)),
    ])
    func aBrokenIndexIsSaid(bytes: [UInt8]) async throws {
        let fixture = try await fixture()
        fixture.update { $0.files["/demo/linux-64/repodata_shards.msgpack.zst"] = bytes }
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents() }
        guard case .broken("demo", _, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
    }
}

/// Just enough of MessagePack to write shards.
enum MessagePack: Sendable {
    case text(String)
    case number(UInt64)
    case binary([UInt8])
    indirect case array([MessagePack])
    indirect case map([(String, MessagePack)])

    var bytes: [UInt8] {
        switch self {
        case .text(let text): [0xDB] + Self.length(text.utf8.count) + Array(text.utf8)
        case .number(let number): [0xCF] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
        case .binary(let bytes): [0xC6] + Self.length(bytes.count) + bytes
        case .array(let items): [0xDD] + Self.length(items.count) + items.flatMap(\.bytes)
        case .map(let pairs): [0xDF] + Self.length(pairs.count) + pairs.flatMap { MessagePack.text($0.0).bytes + $0.1.bytes }
        }
    }

    private static func length(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } }
}
