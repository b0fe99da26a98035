/// What an archive says about the content of one entry, to be held to.
struct EntryPromise: Hashable, Sendable {
    var method: ZipEntry.Method
    /// Bytes in the archive.
    var packedSize: UInt64
    /// Bytes when unpacked.
    var size: UInt64
    /// CRC-32 of the unpacked bytes.
    var checksum: UInt32

    init(method: ZipEntry.Method, packedSize: UInt64, size: UInt64, checksum: UInt32) {
        self.method = method
        self.packedSize = packedSize
        self.size = size
        self.checksum = checksum
    }

    init(_ entry: ZipEntry) {
        self.init(method: entry.method, packedSize: entry.packedSize, size: entry.size, checksum: entry.checksum)
    }

    /// Sizes that no honest writer states.
    func checkSizes() throws(ArchiveFault) {
        switch method {
        case .stored: if size != packedSize { throw .wrongSize }
        // DEFLATE cannot do better than 258 bytes in two bits.
        case .deflated: if size / 1032 > packedSize { throw .wrongSize }
        }
    }
}
