import Digests
import NIOCore
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that is being downloaded. Without a name of its own until it is complete and checked.
final class DownloadFile: Sendable {
    private struct State {
        var hasher = SHA256Hasher()
        var count: Int64 = 0
        var validator: String?
        var isPublished = false
    }

    private let path: FilePath
    private let descriptor: Int32
    private let state = Mutex(State())
    private let follower: (any DownloadFollower)?

    /// Makes the file; its folder must exist.
    init(_ path: FilePath, follower: (any DownloadFollower)? = nil) throws(PackageSourceError) {
        self.path = path
        self.follower = follower
        descriptor = open(path.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw .cache(operation: "write", path: path.string, code: errno) }
        follower?.begin(descriptor)
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            if !state.withLock({ $0.isPublished }) { unlink(path.string) }
        }
    }

    /// Bytes received.
    var count: Int64 { state.withLock { $0.count } }

    /// What the server has to recognise before it continues.
    var validator: String? {
        get { state.withLock { $0.validator } }
        set { state.withLock { $0.validator = newValue } }
    }

    /// Where the next attempt may go on: only if a change in between would be noticed.
    func resumableCount(isHashKnown: Bool) -> Int64 {
        state.withLock { $0.validator != nil || isHashKnown ? $0.count : 0 }
    }

    var result: (SHA256Digest, Int64) { state.withLock { ($0.hasher.finalize(), $0.count) } }

    func restart() {
        if count > 0 { follower?.startOver() }
        state.withLock { $0 = State() }
    }

    /// Hashes and writes. Blocks.
    func append(_ parts: [ByteBuffer]) throws(PackageSourceError) {
        let code = state.withLock { state -> Int32 in
            for part in parts {
                let code = part.withUnsafeReadableBytes { bytes in
                    state.hasher.update(bytes)
                    return write(bytes, at: state.count)
                }
                if code != 0 { return code }
                state.count += Int64(part.readableBytes)
            }
            return 0
        }
        if code != 0 { throw .cache(operation: "write", path: path.string, code: code) }
        follower?.arrived(count)
    }

    /// Hashes and writes. Blocks.
    func append(_ bytes: UnsafeRawBufferPointer) throws(PackageSourceError) {
        let code = state.withLock { state in
            state.hasher.update(bytes)
            defer { state.count += Int64(bytes.count) }
            return write(bytes, at: state.count)
        }
        if code != 0 { throw .cache(operation: "write", path: path.string, code: code) }
        follower?.arrived(count)
    }

    /// Returns 0 or an `errno`.
    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        var rest = bytes
        var position = offset
        while !rest.isEmpty {
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(position))
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            position += Int64(count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return 0
    }

    /// Gives the file its name. Blocks.
    func publish(as destination: FilePath) throws(PackageSourceError) {
        // An attempt that was given up may have been longer.
        guard ftruncate(descriptor, off_t(count)) == 0, rename(path.string, destination.string) == 0 else {
            throw .cache(operation: "write", path: destination.string, code: errno)
        }
        state.withLock { $0.isPublished = true }
    }
}
