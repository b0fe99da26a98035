#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes entries below a folder; one a thread, since it keeps a decompressor and a buffer.
struct EntryUnpacker: ~Copyable {
    /// Larger files are unpacked straight into the mapped output, smaller ones go through the buffer, which is faster
    /// for them because its pages are there already.
    private static let bufferSize = 4 << 20

    private let root: Int32
    private let inflater: Inflater
    private let buffer: UnsafeMutableRawBufferPointer

    init(root: Int32) throws(ArchiveFault) {
        self.root = root
        inflater = try Inflater()
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 4096)
    }

    deinit { buffer.deallocate() }

    /// Unpacks one file; `inspect` sees its content after the check.
    func unpack(_ payload: ZipPayload, inspect: (UnsafeRawBufferPointer) -> Void) throws(ArchiveFault) {
        let path = payload.entry.path.string
        // The folder is new and holds no links: nothing can be written outside of it.
        let descriptor = try creating(path) {
            openat(
                root, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                payload.entry.isExecutable ? 0o755 : 0o644)
        }
        defer { close(descriptor) }
        if payload.entry.method == .stored {
            try payload.checkSize()
            try payload.check(payload.packed)
            try writeAll(payload.packed, to: descriptor)
            inspect(payload.packed)
        } else if payload.entry.size <= UInt64(Self.bufferSize) {
            let output = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(payload.entry.size)])
            try payload.unpack(into: output, by: inflater)
            try writeAll(UnsafeRawBufferPointer(output), to: descriptor)
            inspect(UnsafeRawBufferPointer(output))
        } else {
            try unpackMapped(payload, into: descriptor, inspect: inspect)
        }
    }

    private func unpackMapped(
        _ payload: ZipPayload, into descriptor: Int32, inspect: (UnsafeRawBufferPointer) -> Void
    ) throws(ArchiveFault) {
        let size = Int(clamping: payload.entry.size)
        try reserve(size, descriptor)
        guard let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), start != MAP_FAILED
        else { throw .system(operation: "mmap", code: errno) }
        defer { munmap(start, size) }
        let output = UnsafeMutableRawBufferPointer(start: start, count: size)
        try payload.unpack(into: output, by: inflater)
        inspect(UnsafeRawBufferPointer(output))
    }

    /// Takes the disk space before writing through a mapping, where a full disk would be a signal instead of an error.
    private func reserve(_ size: Int, _ descriptor: Int32) throws(ArchiveFault) {
        #if os(Linux)
        let code = posix_fallocate(descriptor, 0, off_t(size))
        if code != 0 { throw .system(operation: "reserve \(size) bytes", code: code) }
        #else
        _ = try calling("reserve \(size) bytes") { ftruncate(descriptor, off_t(size)) }
        #endif
    }
}
