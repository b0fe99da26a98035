import Digests

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes entries below a folder; one a thread, since it keeps decompressors and buffers.
struct EntryUnpacker: ~Copyable {
    /// Larger files are unpacked piece by piece, smaller ones at once, which is faster.
    private static let wholeSize = 4 << 20
    /// Pieces in which stored entries are written.
    private static let pieceSize = 256 << 10

    private let root: Int32
    private let inflater: Inflater
    private var streamInflater: StreamInflater?
    // Only those pages of a buffer take memory that were used.
    private let content = UnsafeMutableRawBufferPointer.allocate(byteCount: wholeSize, alignment: 4096)
    private let packed = UnsafeMutableRawBufferPointer.allocate(byteCount: wholeSize, alignment: 4096)

    init(root: Int32) throws(ArchiveFault) {
        self.root = root
        inflater = try Inflater()
    }

    deinit {
        content.deallocate()
        packed.deallocate()
    }

    /// Unpacks one file and returns the SHA-256 of its content. A file that was not unpacked to its end is removed.
    mutating func unpack(
        _ source: PackedEntry, as path: EntryPath, _ promise: EntryPromise, mode: mode_t
    ) throws(ArchiveFault) -> SHA256Digest {
        // The folder is new and holds no links: nothing can be written outside of it.
        let descriptor = try creating(path.string) {
            openat(root, path.string, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        }
        defer { close(descriptor) }
        do throws(ArchiveFault) {
            return try unpack(source, promise, into: descriptor)
        } catch {
            unlinkat(root, path.string, 0)
            throw error
        }
    }

    private mutating func unpack(
        _ source: PackedEntry, _ promise: EntryPromise, into descriptor: Int32
    ) throws(ArchiveFault) -> SHA256Digest {
        try promise.checkSizes()
        var file = EntryFile(descriptor, promise)
        switch promise.method {
        case .stored:
            var reader = source.reader
            var count = 0
            repeat {
                let piece = UnsafeMutableRawBufferPointer(rebasing: content[..<Self.pieceSize])
                count = try reader.read(into: piece)
                try file.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            } while count > 0
        case .deflated where promise.size <= UInt64(Self.wholeSize) && promise.packedSize <= UInt64(Self.wholeSize):
            let whole = UnsafeMutableRawBufferPointer(rebasing: content[..<Int(promise.size)])
            try inflater.inflate(try source.bytes(in: packed), into: whole)
            try file.append(UnsafeRawBufferPointer(whole))
        case .deflated:
            var reader = source.reader
            var inflater = streamInflater.take() ?? StreamInflater()
            try inflater.inflate { (buffer) throws(ArchiveFault) in
                try reader.read(into: buffer)
            } into: { (content) throws(ArchiveFault) in
                try file.append(content)
            }
            streamInflater = consume inflater
        }
        return try file.finish()
    }
}

/// A file that is being written, compared with what was promised.
private struct EntryFile {
    private let descriptor: Int32
    private let promise: EntryPromise
    private var count: UInt64 = 0
    private var checksum: UInt32 = 0
    private var hasher = SHA256Hasher()

    init(_ descriptor: Int32, _ promise: EntryPromise) {
        self.descriptor = descriptor
        self.promise = promise
    }

    mutating func append(_ content: UnsafeRawBufferPointer) throws(ArchiveFault) {
        count += UInt64(content.count)
        if count > promise.size { throw .wrongSize }
        checksum = Checksum.crc32(content, after: checksum)
        hasher.update(content)
        try writeAll(content, to: descriptor)
    }

    func finish() throws(ArchiveFault) -> SHA256Digest {
        if count != promise.size { throw .wrongSize }
        if checksum != promise.checksum { throw .wrongChecksum }
        return hasher.finalize()
    }
}

/// The packed bytes of an entry: in memory, or in a file that is still growing.
enum PackedEntry {
    case memory(UnsafeRawBufferPointer)
    case file(GrowingFile, offset: UInt64, count: UInt64)

    var reader: PackedReader { PackedReader(entry: self) }

    /// All of the bytes; `buffer`, which has room for them, is used if they have to be read.
    func bytes(in buffer: UnsafeMutableRawBufferPointer) throws(ArchiveFault) -> UnsafeRawBufferPointer {
        guard case .file(_, _, let count) = self else {
            if case .memory(let bytes) = self { return bytes }
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(count)])
        var reader = reader
        var filled = 0
        while filled < target.count {
            let step = try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: target[filled...]))
            guard step > 0 else { throw .truncated }
            filled += step
        }
        return UnsafeRawBufferPointer(target)
    }
}

/// Reads the packed bytes of an entry from its beginning to its end.
struct PackedReader {
    let entry: PackedEntry
    private var position = 0

    init(entry: PackedEntry) { self.entry = entry }

    /// Returns how many bytes were read; 0 at the end. Waits for bytes that have not arrived.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveFault) -> Int {
        switch entry {
        case .memory(let bytes):
            let count = min(buffer.count, bytes.count - position)
            if count > 0 { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])) }
            position += count
            return count
        case .file(let file, let offset, let size):
            let wanted = Int(min(UInt64(buffer.count), size - UInt64(position)))
            if wanted == 0 { return 0 }
            let count = try file.read(
                UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: offset + UInt64(position))
            position += count
            return count
        }
    }
}
