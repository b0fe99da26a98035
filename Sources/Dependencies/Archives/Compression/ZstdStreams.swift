private import CZstd

/// Compresses a stream into one zstd frame. One thread at a time.
public struct ZstdEncoder: ~Copyable {
    private let context: OpaquePointer
    private let buffer: UnsafeMutableRawBufferPointer

    /// - Parameter workers: threads that zstd may start; 0 compresses on the calling one.
    public init(level: Int32 = Zstd.defaultLevel, workers: Int32 = 0) throws(ArchiveFault) {
        guard let context = ZSTD_createCCtx() else { throw .overLimit("there is no memory for compression") }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        // A library without threads refuses; then it compresses on this one.
        if workers > 0 { ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, workers) }
        self.context = context
        buffer = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 16)
    }

    deinit {
        ZSTD_freeCCtx(context)
        buffer.deallocate()
    }

    /// Adds bytes; compressed ones leave through `sink` when there are enough.
    public mutating func encode(
        _ bytes: UnsafeRawBufferPointer, into sink: (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while input.pos < input.size { _ = try step(&input, ZSTD_e_continue, sink) }
    }

    /// Ends the frame.
    public mutating func finish(
        into sink: (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) {
        var input = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
        while try step(&input, ZSTD_e_end, sink) != 0 {}
    }

    private func step(
        _ input: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective,
        _ sink: (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) -> Int {
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        let rest = ZSTD_compressStream2(context, &output, &input, directive)
        if ZSTD_isError(rest) != 0 { throw .unsupported(String(cString: ZSTD_getErrorName(rest))) }
        if output.pos > 0 { try sink(UnsafeRawBufferPointer(rebasing: buffer[..<output.pos])) }
        return rest
    }
}

/// Decompresses a stream of zstd frames. One thread at a time.
public struct ZstdDecoder: ~Copyable {
    private let context: OpaquePointer
    private let buffer: UnsafeMutableRawBufferPointer
    private let limit: Int
    private var produced = 0
    /// Whether the last frame is complete.
    private var isComplete = false

    /// - Parameter limit: plain bytes after which the stream is refused.
    public init(limit: Int = .max) throws(ArchiveFault) {
        guard let context = ZSTD_createDCtx() else { throw .overLimit("there is no memory for decompression") }
        self.context = context
        self.limit = limit
        buffer = .allocate(byteCount: ZSTD_DStreamOutSize(), alignment: 16)
    }

    deinit {
        ZSTD_freeDCtx(context)
        buffer.deallocate()
    }

    /// Adds bytes; plain ones leave through `sink`.
    public mutating func decode(
        _ bytes: UnsafeRawBufferPointer, into sink: (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var isFlushed = bytes.isEmpty
        while input.pos < input.size || !isFlushed {
            var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
            let rest = ZSTD_decompressStream(context, &output, &input)
            if ZSTD_isError(rest) != 0 { throw .corruptData }
            isComplete = rest == 0
            // A full buffer means that there may be more without new input.
            isFlushed = output.pos < output.size
            produced += output.pos
            if produced > limit { throw .overLimit("more than \(limit) bytes when unpacked") }
            if output.pos > 0 { try sink(UnsafeRawBufferPointer(rebasing: buffer[..<output.pos])) }
            if isComplete, input.pos == input.size { break }
        }
    }

    /// Checks that the stream did not end inside a frame.
    public func finish() throws(ArchiveFault) {
        if !isComplete { throw .truncated }
    }
}
