private import CBzip2

/// Decompresses bzip2, one stream after the other as they come. One thread at a time.
public struct Bzip2Decoder: ~Copyable {
    private let stream: UnsafeMutablePointer<bz_stream>
    private let buffer: UnsafeMutableRawBufferPointer
    private let limit: Int
    private var produced = 0
    /// Whether a stream has begun and is not complete.
    private var isOpen = false
    /// Whether there was a stream at all.
    private var hasBegun = false
    /// Bytes behind a complete stream that are no other one; they are passed over as other readers do.
    private var hasEnded = false

    /// - Parameter limit: plain bytes after which the data is refused.
    public init(limit: Int = .max) throws(ArchiveFault) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: bz_stream())
        buffer = .allocate(byteCount: 256 << 10, alignment: 16)
        self.limit = limit
    }

    deinit {
        if isOpen { BZ2_bzDecompressEnd(stream) }
        stream.deallocate()
        buffer.deallocate()
    }

    /// Adds bytes; plain ones leave through `sink`.
    public mutating func decode(
        _ bytes: UnsafeRawBufferPointer, into sink: (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) {
        guard let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress) else { return }
        var position = 0
        while position < bytes.count, !hasEnded {
            if !isOpen {
                // Padding, which some tools write behind the last stream.
                if hasBegun, bytes[position] != UInt8(ascii: "B") {
                    hasEnded = true
                    return
                }
                try open()
            }
            stream.pointee.next_in = (start + position).assumingMemoryBound(to: CChar.self)
            stream.pointee.avail_in = UInt32(clamping: bytes.count - position)
            let given = Int(stream.pointee.avail_in)
            try step(into: sink)
            position += given - Int(stream.pointee.avail_in)
        }
    }

    /// Checks that the data did not end inside a stream, and that there was one.
    public mutating func finish() throws(ArchiveFault) {
        if isOpen || !hasBegun { throw .truncated }
    }

    private mutating func open() throws(ArchiveFault) {
        stream.initialize(to: bz_stream())
        guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else { throw .overLimit("there is no memory for decompression") }
        (isOpen, hasBegun) = (true, true)
    }

    /// Decompresses until the input is used up, or the stream ends.
    private mutating func step(into sink: (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void) throws(ArchiveFault) {
        while true {
            stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            stream.pointee.avail_out = UInt32(buffer.count)
            let result = BZ2_bzDecompress(stream)
            guard result == BZ_OK || result == BZ_STREAM_END else { throw .corruptData }
            let count = buffer.count - Int(stream.pointee.avail_out)
            produced += count
            if produced > limit { throw .overLimit("more than \(limit) bytes when unpacked") }
            if count > 0 { try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            if result == BZ_STREAM_END {
                BZ2_bzDecompressEnd(stream)
                isOpen = false
                return
            }
            // Room that was not needed means that there is nothing more without new input.
            if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return }
        }
    }
}
