import CDeflate

/// Data in the format of zlib (RFC 1950).
package enum Zlib {
    /// Decompresses one stream; `nil` for one that is damaged, or larger than `limit` bytes.
    package static func decompress(_ content: [UInt8], limit: Int) -> [UInt8]? {
        guard let state = libdeflate_alloc_decompressor() else { return nil }
        defer { libdeflate_free_decompressor(state) }
        var result = LIBDEFLATE_BAD_DATA
        let output = [UInt8](unsafeUninitializedCapacity: max(limit, 1)) { buffer, count in
            result = content.withUnsafeBytes { bytes in
                libdeflate_zlib_decompress(state, bytes.baseAddress, bytes.count, buffer.baseAddress, limit, &count)
            }
            if result != LIBDEFLATE_SUCCESS { count = 0 }
        }
        return result == LIBDEFLATE_SUCCESS ? output : nil
    }
}
