private import CZlib

/// Decompresses a stream of gzip members (RFC 1952). One thread at a time.
///
/// `Gzip` is faster where all of the input, and room for all of the output, is at hand.
final class GzipDecoder {
    private var stream = z_stream()
    private let buffer: UnsafeMutableRawBufferPointer
    /// Whether the last member is complete.
    private var isComplete = false

    private static let bufferSize = 256 << 10

    init() throws(ArchiveFault) {
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
        // 15 bits of window, and a header that is gzip's.
        let result = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw .overLimit("there is no memory for decompression") }
    }

    deinit {
        inflateEnd(&stream)
        buffer.deallocate()
    }

    /// Adds bytes; plain ones leave through `sink`.
    func decode(
        _ bytes: UnsafeRawBufferPointer, into sink: (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        stream.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(clamping: bytes.count)
        repeat {
            if isComplete {
                // Another member follows.
                guard inflateReset(&stream) == Z_OK else { throw .corruptData }
                isComplete = false
            }
            try step(sink)
        } while stream.avail_in > 0 || (stream.avail_out == 0 && !isComplete)
    }

    /// Checks that the stream did not end inside a member.
    func finish() throws(ArchiveFault) {
        if !isComplete { throw .truncated }
    }

    private func step(_ sink: (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void) throws(ArchiveFault) {
        stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(buffer.count)
        switch inflate(&stream, Z_NO_FLUSH) {
        case Z_OK: break
        case Z_STREAM_END: isComplete = true
        // Nothing to do before there is more input.
        case Z_BUF_ERROR: break
        default: throw .corruptData
        }
        let count = buffer.count - Int(stream.avail_out)
        if count > 0 { try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
    }
}
