public import Digests

/// Which shard has the records of which package: `repodata_shards.msgpack.zst`, decompressed (CEP 16).
public struct ShardIndex: Sendable {
    public private(set) var info = RepodataInfo()
    /// Where the shards are: a URL, or a part of one that is relative to the index's; empty where nothing is said.
    public private(set) var shardsBaseURL = ""
    /// The SHA-256 of each package's shard, compressed: what it is called, and what it has to be checked against.
    public private(set) var shards: [CondaName: SHA256Digest] = [:]

    private static let supportedVersion: UInt64 = 1

    /// Names that are none are passed over: no package can depend on them.
    public init(_ bytes: UnsafeBufferPointer<UInt8>) throws(RepodataError) {
        var reader = MessagePackReader(bytes)
        var hasShards = false
        var items = try reader.beginObject()
        while let key = try reader.nextKey(&items) {
            if key.equals("version", in: bytes) {
                try Self.checkVersion(&reader)
            } else if key.equals("info", in: bytes) {
                try readInfo(&reader)
            } else if key.equals("shards", in: bytes) {
                hasShards = true
                try readShards(&reader)
            } else {
                try reader.skipValue()
            }
        }
        guard reader.isAtEnd else { throw reader.error(.expected(.end)) }
        guard hasShards else { throw reader.error(.missingField("shards"), at: 0) }
    }

    private static func checkVersion(_ reader: inout MessagePackReader) throws(RepodataError) {
        let start = reader.position
        let version = try reader.readInteger()
        guard version == supportedVersion else { throw reader.error(.unsupportedVersion(version), at: start) }
    }

    private mutating func readInfo(_ reader: inout MessagePackReader) throws(RepodataError) {
        // Twice: once for what all repodata has, once for what only shards have.
        var again = reader
        info = try RepodataInfo(&reader)
        var items = try again.beginObject()
        while let key = try again.nextKey(&items) {
            if key.equals("shards_base_url", in: again.bytes) {
                shardsBaseURL = try again.readStringOrNull() ?? ""
            } else {
                try again.skipValue()
            }
        }
    }

    private mutating func readShards(_ reader: inout MessagePackReader) throws(RepodataError) {
        var items = try reader.beginObject()
        // Each takes more than 33 bytes.
        shards.reserveCapacity(min(reader.bytes.count / 34, 1 << 20))
        while let key = try reader.nextKey(&items) {
            let start = reader.position
            guard let digest: SHA256Digest = try reader.readDigest() else { throw reader.error(.expected(.digest), at: start) }
            if let name = CondaName(utf8: reader.bytes.slice(key.range)) { shards[name] = digest }
        }
    }

    /// The file of a shard, to be looked for below `shardsBaseURL`.
    public func fileName(of digest: SHA256Digest) -> String { "\(digest.hex).msgpack.zst" }
}
