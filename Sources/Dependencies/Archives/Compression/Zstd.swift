private import CZstd
public import SystemPackage

/// Zstandard (RFC 8878).
///
/// The whole-buffer forms reuse their contexts; the descriptor forms block and belong on a thread that may
/// (`BlockingWork`).
public enum Zstd {
    /// The level for data that is written once and read a few times. Cost: about 400 MB a second and thread.
    public static let defaultLevel: Int32 = 3

    /// Compresses a whole buffer into one frame that states its size.
    public static func compress(_ content: [UInt8], level: Int32 = defaultLevel) -> [UInt8] {
        content.withUnsafeBytes { compress($0, level: level) }
    }

    /// Compresses a whole buffer into one frame that states its size.
    public static func compress(_ content: UnsafeRawBufferPointer, level: Int32 = defaultLevel) -> [UInt8] {
        let bound = ZSTD_compressBound(content.count)
        return ZstdContexts.compressing.withContext { context in
            [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                let result = ZSTD_compressCCtx(
                    context, output.baseAddress, bound, content.baseAddress, content.count, level)
                // With room for the bound, only an impossible buffer size can fail.
                precondition(ZSTD_isError(result) == 0, "zstd cannot compress \(content.count) bytes")
                count = result
            }
        }
    }

    /// Decompresses one or more frames; more than `limit` bytes are refused.
    public static func decompress(
        _ content: [UInt8], limit: Int = 1 << 30, name: String = "zstd data"
    ) throws(ArchiveError) -> [UInt8] {
        var output: [UInt8] = []
        do throws(ArchiveFault) {
            var decoder = try ZstdDecoder(limit: limit)
            // The stated size may be a lie; it is believed as far as room is concerned, and no further than 64 MiB.
            let stated = content.lendingBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
            if stated < UInt64(64 << 20) { output.reserveCapacity(min(Int(stated), limit)) }
            try content.lendingBytes { bytes throws(ArchiveFault) in
                try decoder.decode(bytes) { output.append(contentsOf: $0) }
            }
            try decoder.finish()
        } catch {
            throw ArchiveError(archive: name, error)
        }
        return output
    }

    /// What went through a descriptor form.
    public struct Flow: Sendable, Hashable {
        public var bytesRead: Int64 = 0
        public var bytesWritten: Int64 = 0
    }

    /// Compresses everything that `input` still gives into one frame on `output`. Blocks.
    ///
    /// - Parameters:
    ///   - workers: threads that zstd may start; 0 compresses on this one. The bytes differ between 0 and more.
    ///   - observing: sees the plain bytes as they go by, to hash them for instance.
    public static func compress(
        from input: FileDescriptor, to output: FileDescriptor, level: Int32 = defaultLevel, workers: Int32 = 0,
        name: String = "data", observing: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(ArchiveError) -> Flow {
        do throws(ArchiveFault) {
            var encoder = try ZstdEncoder(level: level, workers: workers)
            return try pump(from: input, to: output) { bytes, sink throws(ArchiveFault) in
                guard let bytes else { return try encoder.finish(into: sink) }
                observing(bytes)
                try encoder.encode(bytes, into: sink)
            }
        } catch {
            throw ArchiveError(archive: name, error)
        }
    }

    /// Decompresses everything that `input` still gives onto `output`; more than `limit` bytes are refused. Blocks.
    ///
    /// - Parameter observing: sees the plain bytes as they go by, to hash them for instance.
    public static func decompress(
        from input: FileDescriptor, to output: FileDescriptor, limit: Int = .max, name: String = "zstd data",
        observing: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(ArchiveError) -> Flow {
        do throws(ArchiveFault) {
            var decoder = try ZstdDecoder(limit: limit)
            return try pump(from: input, to: output) { bytes, sink throws(ArchiveFault) in
                guard let bytes else { return try decoder.finish() }
                try decoder.decode(bytes) { plain throws(ArchiveFault) in
                    observing(plain)
                    try sink(plain)
                }
            }
        } catch {
            throw ArchiveError(archive: name, error)
        }
    }

    private typealias Sink = (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void

    private static func pump(
        from input: FileDescriptor, to output: FileDescriptor,
        through step: (UnsafeRawBufferPointer?, Sink) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) -> Flow {
        var flow = Flow()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        let sink: Sink = { bytes throws(ArchiveFault) in
            try writeAll(bytes, to: output.rawValue)
            flow.bytesWritten += Int64(bytes.count)
        }
        while true {
            let count = try readFully(input.rawValue, into: buffer)
            if count > 0 { try step(UnsafeRawBufferPointer(rebasing: buffer[..<count]), sink) }
            flow.bytesRead += Int64(count)
            if count < buffer.count { break }
        }
        try step(nil, sink)
        return flow
    }
}
