import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A descriptor that is closed when nobody uses it any more.
///
/// Reads and writes name their offset, so that threads can share one.
final class OpenFile: Sendable {
    let descriptor: Int32
    /// For messages; the file may have another name or none.
    let path: FilePath

    init(owning descriptor: Int32, path: FilePath) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// The size in bytes.
    func size() throws(DatastoreError) -> Int64 {
        var status = stat()
        _ = try calling("fstat", path) { fstat(descriptor, &status) }
        return Int64(status.st_size)
    }

    /// Reads until `buffer` is full or the file ends; returns the number of bytes read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(DatastoreError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let position = off_t(offset) + off_t(filled)
            let count = try calling("read", path) { pread(descriptor, rest.baseAddress, rest.count, position) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Reads up to `count` bytes; fewer when the file ends before.
    func read(count: Int, at offset: Int64) throws(DatastoreError) -> [UInt8] {
        let result: Result<[UInt8], DatastoreError>
        var failure: DatastoreError?
        result = .success(
            [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                do throws(DatastoreError) {
                    filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
                } catch {
                    failure = error
                }
            })
        if let failure { throw failure }
        return try result.get()
    }

    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DatastoreError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let position = off_t(offset) + off_t(done)
            done += try calling("write", path) { pwrite(descriptor, rest.baseAddress, rest.count, position) }
        }
    }

    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: [UInt8], at offset: Int64) throws(DatastoreError) {
        var failure: DatastoreError?
        bytes.withUnsafeBytes { buffer in
            do throws(DatastoreError) { try write(buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Lends the first `size` bytes piece by piece; a file that ends before is an error.
    ///
    /// It reads rather than maps: a mapped file that someone shortens would kill this process.
    func forEachPiece(
        size: Int64, _ body: (UnsafeRawBufferPointer, Int64) throws(DatastoreError) -> Void
    ) throws(DatastoreError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while offset < size {
            let wanted = min(Int64(buffer.count), size - offset)
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(wanted)])
            let count = try read(into: piece, at: offset)
            if count < piece.count {
                throw DatastoreError(path: path.string, .shortInput(expected: size, present: offset + Int64(count)))
            }
            try body(UnsafeRawBufferPointer(piece), offset)
            offset += Int64(count)
        }
    }

    /// A read-only descriptor of the same file with a position of its own, for the caller to close.
    func reopened() throws(DatastoreError) -> Int32 {
        #if os(Linux)
        let name = "/proc/self/fd/\(descriptor)"
        #else
        let name = "/dev/fd/\(descriptor)"
        #endif
        return try calling("open", path) { open(name, O_RDONLY | O_CLOEXEC) }
    }
}
