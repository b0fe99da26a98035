import Digests

/// One blob in a pack, described by itself:
///
///     4 bytes   "PBR1"
///     1 byte    codec (`BlobCodec`)
///     3 bytes   0
///     8 bytes   plain size, little-endian
///     8 bytes   stored size, little-endian
///    32 bytes   SHA-256 of the plain bytes
///     …         the stored bytes
struct PackRecord: Equatable {
    static let magic: [UInt8] = Array("PBR1".utf8)
    static let headerSize = 56

    var codec: BlobCodec
    var size: Int64
    var storedSize: Int64
    var digest: SHA256Digest

    init(codec: BlobCodec, size: Int64, storedSize: Int64, digest: SHA256Digest) {
        self.codec = codec
        self.size = size
        self.storedSize = storedSize
        self.digest = digest
    }

    /// Reads a header; `nil` when these bytes are none.
    init?(header: ArraySlice<UInt8>) {
        guard header.count >= Self.headerSize else { return nil }
        let start = header.startIndex
        guard header[start..<start + 4].elementsEqual(Self.magic),
            let codec = BlobCodec(rawValue: header[start + 4]),
            header[start + 5..<start + 8].allSatisfy({ $0 == 0 }),
            let size = Int64(exactly: Self.number(header[start + 8..<start + 16])),
            let storedSize = Int64(exactly: Self.number(header[start + 16..<start + 24])),
            let digest = SHA256Digest(bytes: header[start + 24..<start + Self.headerSize])
        else { return nil }
        self.init(codec: codec, size: size, storedSize: storedSize, digest: digest)
    }

    /// The header and `payload` as one run of bytes.
    func bytes(with payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + payload.count)
        bytes += Self.magic
        bytes += [codec.rawValue, 0, 0, 0]
        withUnsafeBytes(of: UInt64(size).littleEndian) { bytes += $0 }
        withUnsafeBytes(of: UInt64(storedSize).littleEndian) { bytes += $0 }
        bytes += digest.bytes
        bytes += payload
        return bytes
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
