import CondaPackaging
import Digests
import Testing

@Suite struct ShardTests {
    static let digest = Array(repeating: UInt8(0xAB), count: 32)

    static let index: MessagePack = [
        "version": 1,
        "info": [
            "subdir": "linux-64", "base_url": "../c/", "shards_base_url": "./shards/", "created_at": "2024-01-01T00:00:00Z",
        ],
        "shards": ["numpy": .binary(digest), "py.thon": .binary(digest), "not a name": .binary(digest)],
        "later": .array([.null, .boolean(true), -5, .double(1.5), .extensionType(1, [1, 2, 3]), ["a": [1, 2]]]),
    ]

    private static func read(_ value: MessagePack) throws -> ShardIndex {
        try value.bytes.withUnsafeBufferPointer { bytes throws(RepodataError) in try ShardIndex(bytes) }
    }

    private static func shard(_ bytes: [UInt8]) throws -> RepodataShard {
        try bytes.withUnsafeBufferPointer { bytes throws(RepodataError) in try RepodataShard(bytes, subdir: .linux64) }
    }

    @Test func shardIndex() throws {
        let index = try Self.read(Self.index)
        let digest = try #require(SHA256Digest(bytes: Self.digest))
        #expect(index.shards.count == 2)
        #expect(try index.shards[CondaName(parsing: "numpy")] == digest)
        #expect(index.info.subdir == "linux-64" && index.info.baseURL == "../c/" && index.shardsBaseURL == "./shards/")
        #expect(index.fileName(of: digest) == String(repeating: "ab", count: 32) + ".msgpack.zst")
    }

    @Test(
        arguments: [
            (MessagePack.array([]), 0, RepodataError.Problem.expected(.object)), ([:], 0, .missingField("shards")),
            (["version": 2, "shards": [:]], 9, .unsupportedVersion(2)), (["version": "1"], 9, .expected(.integer)),
            (["shards": []], 8, .expected(.object)),
            (["shards": ["a": .binary([1, 2])]], 11, .expected(.digest)), (["shards": ["a": .null]], 11, .expected(.digest)),
            ([1: 2], 1, .expected(.string)),
            (["info": 7], 6, .expected(.object)),
        ] as [(MessagePack, Int, RepodataError.Problem)])
    func brokenIndex(value: MessagePack, offset: Int, problem: RepodataError.Problem) {
        let error = #expect(throws: RepodataError.self) { try Self.read(value) }
        #expect(error?.problem == problem && error?.offset == offset)
    }

    private static func record(_ version: String, _ more: [(MessagePack, MessagePack)] = []) -> MessagePack {
        .map([("name", "a"), ("version", .text(version)), ("build", "0"), ("build_number", 70_000)] + more)
    }

    static let shardValue: MessagePack = [
        "packages": [
            "a-1-0.tar.bz2": record("1"), "a-0.9-0.tar.bz2": record("0.9", [("depends", .null), ("noarch", "generic")]),
        ],
        "packages.conda": [
            "a-1-0.conda": record(
                "1",
                [
                    ("depends", ["b >=1", "c\\d"]), ("constrains", ["e"]), ("sha256", .binary(digest)),
                    ("md5", .binary(Array(digest[..<16]))),
                    ("size", 5_000_000_000), ("timestamp", 1_699_999_999_999), ("track_features", "x y"),
                    ("unknown", ["z": [.double(1.5)]]),
                    ("subdir", "noarch"), ("license", 3),
                ]),
            "b-1-0.conda": record("1"), "nonsense": [:],
        ],
        "removed": ["a-0-0.conda"],
        "v3": ["conda": ["a-3-0": record("3", [("extra_depends", ["g": ["h"]])])], "whl": ["x": [:]]],
    ]

    @Test func records() throws {
        let shard = try Self.shard(Self.shardValue.bytes)
        #expect(
            shard.records.map(\.fileName.description) == ["a-0.9-0.tar.bz2", "a-1-0.conda", "a-3-0.conda"]
                && shard.passedOverCount == 2)
        let old = shard.records[0]
        #expect(old.subdir == .linux64 && old.noarch == .generic && old.depends.isEmpty && old.sha256 == nil)
        let record = shard.records[1]
        #expect(
            record.buildNumber == 70_000 && record.depends == ["b >=1", "c\\d"] && record.constrains == ["e"]
                && record.subdir == .noarch)
        #expect(
            record.sha256?.hex == String(repeating: "ab", count: 32)
                && record.md5?.description == String(repeating: "ab", count: 16))
        #expect(
            record.size == 5_000_000_000 && record.timestamp == 1_699_999_999_999 && record.trackFeatures == ["x", "y"]
                && record.license == nil)
        #expect(shard.records[2].extraDepends == ["g": ["h"]])
    }

    @Test(
        arguments: [
            (MessagePack.array([]), RepodataError.Problem.expected(.object)), (["name": "a", "version": 1], .expected(.string)),
            (["name": "a", "build_number": -1], .expected(.integer)), (["name": "a"], .missingField("version")),
            (["sha256": .binary([1])], .expected(.digest)),
        ] as [(MessagePack, RepodataError.Problem)])
    func brokenShard(value: MessagePack, problem: RepodataError.Problem) {
        let shard = ["packages": ["a-1-0.conda": value]] as MessagePack
        let error = #expect(throws: RepodataError.self) { try Self.shard(shard.bytes) }
        #expect(error?.problem == problem)
    }

    // MARK: Hostile input

    @Test func truncatedAnywhere() {
        let bytes = Self.shardValue.bytes
        for length in 0..<bytes.count { #expect(throws: RepodataError.self) { try Self.shard(Array(bytes[..<length])) } }
        #expect(throws: RepodataError.self) { try Self.shard(bytes + [0]) }
    }

    @Test func changedAnywhere() {
        var generator = SplitMix(seed: 16)
        var refused = 0
        for original in [Self.shardValue.bytes, Self.index.bytes] {
            for _ in 0..<2_000 {
                var bytes = original
                for _ in 0...Int(generator.next() % 3) {
                    bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
                }
                if (try? Self.shard(bytes)) == nil { refused += 1 }
                _ = try? bytes.withUnsafeBufferPointer { bytes throws(RepodataError) in try ShardIndex(bytes) }
            }
        }
        #expect(refused > 1_000)
    }

    /// Counts that no bytes stand behind reserve nothing, and nesting costs no stack.
    @Test func claimsWithoutBytes() {
        for bytes: [UInt8] in [
            [0xDF, 0xFF, 0xFF, 0xFF, 0xFF], [0x81, 0xA1, 0x61, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x81, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF], [0x81, 0xA1, 0x61, 0xC6, 0x7F, 0xFF, 0xFF, 0xFF],
            [0x81, 0xA1, 0x61] + [UInt8](repeating: 0x91, count: 100_000), [0x81, 0xA1, 0x61, 0xC1], [],
        ] {
            #expect(throws: RepodataError.self) { try Self.shard(bytes) }
        }
    }
}
