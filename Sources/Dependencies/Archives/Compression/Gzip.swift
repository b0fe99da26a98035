import CDeflate

/// Gzip (RFC 1952) of whole buffers. The output names no file and no time: same input, same bytes.
public enum Gzip {
    /// Compresses; `level` is 1 (fast) to 12 (small).
    public static func compress(_ content: [UInt8], level: Int32 = 6) -> [UInt8] {
        let usable = min(max(level, 1), 12)
        guard let state = libdeflate_alloc_compressor(usable) else {
            preconditionFailure("libdeflate has no memory for a compressor of level \(usable)")
        }
        defer { libdeflate_free_compressor(state) }
        let bound = libdeflate_gzip_compress_bound(state, content.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            count = content.withUnsafeBytes { input in
                libdeflate_gzip_compress(state, input.baseAddress, input.count, output.baseAddress, bound)
            }
        }
    }

    /// Decompresses all members; more than `limit` bytes are refused before they are unpacked.
    public static func decompress(
        _ content: [UInt8], limit: Int = 1 << 30, name: String = "gzip data"
    ) throws(ArchiveError) -> [UInt8] {
        do throws(ArchiveFault) {
            return try decompressMembers(content, limit: limit)
        } catch {
            throw ArchiveError(archive: name, error)
        }
    }

    private static func decompressMembers(_ content: [UInt8], limit: Int) throws(ArchiveFault) -> [UInt8] {
        guard let state = libdeflate_alloc_decompressor() else {
            throw .overLimit("there is no memory for decompression")
        }
        defer { libdeflate_free_decompressor(state) }
        var output: [UInt8] = []
        var start = 0
        repeat {
            start += try appendMember(of: content, from: start, to: &output, limit: limit, state)
        } while start < content.count
        return output
    }

    /// Returns the packed size of the member. The output buffer grows from a guess, since the size that the last
    /// member states is modulo 2³² and need not be true.
    private static func appendMember(
        of content: [UInt8], from start: Int, to output: inout [UInt8], limit: Int, _ state: OpaquePointer
    ) throws(ArchiveFault) -> Int {
        let input = content.count - start
        guard input >= 18 else { throw .truncated }
        var capacity = min(max(64 << 10, statedSize(content)), input * 16, limit - output.count)
        while true {
            var consumed = 0
            var result = LIBDEFLATE_BAD_DATA
            let member = [UInt8](unsafeUninitializedCapacity: max(capacity, 1)) { buffer, count in
                result = content.withUnsafeBytes { bytes in
                    libdeflate_gzip_decompress_ex(
                        state, bytes.baseAddress.map { $0 + start }, input, buffer.baseAddress, capacity, &consumed,
                        &count)
                }
                if result != LIBDEFLATE_SUCCESS { count = 0 }
            }
            switch result {
            case LIBDEFLATE_SUCCESS:
                if output.isEmpty { output = member } else { output += member }
                return consumed
            case LIBDEFLATE_INSUFFICIENT_SPACE:
                guard capacity < limit - output.count else { throw .overLimit("more than \(limit) bytes when unpacked") }
                capacity = min(max(capacity, 1) * 4, limit - output.count)
            default: throw .corruptData
            }
        }
    }

    private static func statedSize(_ content: [UInt8]) -> Int {
        content.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
