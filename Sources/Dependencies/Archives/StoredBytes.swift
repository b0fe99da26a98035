package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Immutable bytes that any thread may read: an array, or a file mapped into memory.
///
/// A mapped file must not be shortened while it is in use; files in the cache are written once and only then opened.
// Unchecked because of the pointer: what it points to is never written after `init` and lives until `deinit`.
package final class StoredBytes: @unchecked Sendable {
    package let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    package init(copying content: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(content.count, 1), alignment: 16)
        copy.copyBytes(from: content)
        bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[..<content.count])
        isMapped = false
    }

    /// Reads a small file: cheaper than mapping it where all of it is looked at once.
    package init(reading path: FilePath) throws(ArchiveFault) {
        let (descriptor, size) = try Self.open(path)
        defer { close(descriptor) }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        var count = 0
        while count < size {
            let step = read(descriptor, copy.baseAddress.map { $0 + count }, size - count)
            if step < 0, errno == EINTR { continue }
            guard step > 0 else {
                copy.deallocate()
                throw step == 0 ? .truncated : .system(operation: "read", code: errno)
            }
            count += step
        }
        bytes = UnsafeRawBufferPointer(copy)
        isMapped = false
    }

    /// An open file that has something in it, and its size.
    private static func open(_ path: FilePath) throws(ArchiveFault) -> (descriptor: Int32, size: Int) {
        let descriptor = try calling("open") { openForReading(path) }
        do throws(ArchiveFault) {
            var status = stat()
            _ = try calling("fstat") { fstat(descriptor, &status) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .unsupported("is not a regular file") }
            guard status.st_size > 0 else { throw .truncated }
            return (descriptor, Int(status.st_size))
        } catch {
            close(descriptor)
            throw error
        }
    }

    package init(mapping path: FilePath) throws(ArchiveFault) {
        let (descriptor, size) = try Self.open(path)
        defer { close(descriptor) }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw .system(operation: "mmap", code: errno)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
        isMapped = true
    }

    /// Lets the system count what was read of a mapped file as its own memory and not as ours. It is read again when it
    /// is looked at again.
    func forgetResident() {
        guard isMapped, let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress) else { return }
        madvise(start, bytes.count, MADV_DONTNEED)
    }

    deinit {
        guard let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress) else { return }
        if isMapped { munmap(start, bytes.count) } else { start.deallocate() }
    }
}

private func openForReading(_ path: FilePath) -> Int32 { open(path.string, O_RDONLY | O_CLOEXEC) }

/// Little-endian numbers out of untrusted bytes; every access is checked, in release builds too.
struct ByteView {
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func slice(_ start: Int, count: Int) throws(ArchiveFault) -> UnsafeRawBufferPointer {
        guard start >= 0, count >= 0, start <= bytes.count, count <= bytes.count - start else { throw .truncated }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
    }

    func u16(_ offset: Int) throws(ArchiveFault) -> UInt16 {
        UInt16(littleEndian: try slice(offset, count: 2).loadUnaligned(as: UInt16.self))
    }

    func u32(_ offset: Int) throws(ArchiveFault) -> UInt32 {
        UInt32(littleEndian: try slice(offset, count: 4).loadUnaligned(as: UInt32.self))
    }

    func u64(_ offset: Int) throws(ArchiveFault) -> UInt64 {
        UInt64(littleEndian: try slice(offset, count: 8).loadUnaligned(as: UInt64.self))
    }
}

extension ContiguousBytesOwner {
    /// Lends the bytes to `body`, keeping the type of its error.
    func lendingBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result: Swift.Result<Result, Failure> = withUnsafeBytes { bytes in
            do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

/// What can lend its bytes: arrays and slices of bytes.
protocol ContiguousBytesOwner {
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

extension [UInt8]: ContiguousBytesOwner {}
extension ArraySlice<UInt8>: ContiguousBytesOwner {}
