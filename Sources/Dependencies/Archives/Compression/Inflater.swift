import CDeflate

/// Decodes raw DEFLATE data (RFC 1951) of known size in one call. One thread at a time.
struct Inflater: ~Copyable {
    private let state: OpaquePointer

    init() throws(ArchiveFault) {
        guard let state = libdeflate_alloc_decompressor() else {
            throw .overLimit("there is no memory for decompression")
        }
        self.state = state
    }

    deinit { libdeflate_free_decompressor(state) }

    /// Fills `output` exactly from all of `input`; data that is shorter or longer on either side is refused.
    func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(ArchiveFault) {
        var consumed = 0
        // A null buffer would be refused even for nothing.
        let target = output.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 16)
        let result = libdeflate_deflate_decompress_ex(
            state, input.baseAddress, input.count, target, output.count, &consumed, nil)
        switch result {
        case LIBDEFLATE_SUCCESS: if consumed != input.count { throw .wrongSize }
        case LIBDEFLATE_SHORT_OUTPUT, LIBDEFLATE_INSUFFICIENT_SPACE: throw .wrongSize
        default: throw .corruptData
        }
    }
}

/// The checksum of zip and gzip; finds accidents, not attacks.
package enum Checksum {
    /// CRC-32 (IEEE 802.3). Cost: about a tenth of a millisecond for a megabyte.
    ///
    /// - Parameter before: the checksum of what came before these bytes.
    package static func crc32(_ bytes: UnsafeRawBufferPointer, after before: UInt32 = 0) -> UInt32 {
        // A null pointer would be answered with the initial value, whatever came before.
        bytes.isEmpty ? before : libdeflate_crc32(before, bytes.baseAddress, bytes.count)
    }
}
