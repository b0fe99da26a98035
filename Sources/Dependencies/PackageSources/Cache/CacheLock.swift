import Digests
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A lock between processes (and within one), held until it is released or the process ends, however it ends.
public final class CacheLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        // A child that is about to start a program has the descriptor too, until then: closing ours alone would leave it locked.
        if fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0 { _ = flock(descriptor, LOCK_UN) }
        close(descriptor)
    }

    /// Gives the lock up. Dropping the last reference does the same, at a less certain moment.
    public consuming func release() {
        _ = flock(descriptor, LOCK_UN)
    }

    /// Programs that take the place of this process keep the lock, and so do their children.
    public func outlivesThisProgram() {
        _ = fcntl(descriptor, F_SETFD, 0)
    }

    /// Takes the lock of a file, which is made when missing; its folder must exist.
    ///
    /// - Parameters:
    ///   - isShared: whether others may share it.
    ///   - waiting: called once if somebody else has it, before waiting.
    /// - Throws: `.cancelled` when the task is cancelled while it waits.
    package static func take(
        _ file: FilePath, isShared: Bool = false, waiting: @Sendable () -> Void = {}
    ) async throws(PackageSourceError) -> CacheLock {
        if let lock = try attempt(file, isShared: isShared) { return lock }
        waiting()
        // Asked again and again rather than waited for in the kernel, where cancelling could not reach.
        var pause = Duration.milliseconds(2)
        while true {
            do { try await Task.sleep(for: pause) } catch { throw .cancelled }
            if let lock = try attempt(file, isShared: isShared) { return lock }
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    /// `nil` when another holds it.
    ///
    /// - Parameter isShared: whether others may share it.
    package static func attempt(_ path: FilePath, isShared: Bool = false) throws(PackageSourceError) -> CacheLock? {
        let descriptor = open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cache(operation: "open the lock", path: path.string, code: errno) }
        while flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .cache(operation: "lock", path: path.string, code: code) }
            return nil
        }
        return CacheLock(descriptor: descriptor)
    }
}

extension CacheDirectory {
    /// Takes the lock of that name; of all processes that use this cache one has it at a time.
    ///
    /// - Parameters:
    ///   - name: any text; equal names exclude each other.
    ///   - waiting: called once if somebody else has it, before waiting.
    /// - Throws: `.cancelled` when the task is cancelled while it waits.
    public func lock(
        _ name: String, waiting: @Sendable () -> Void = {}
    ) async throws(PackageSourceError) -> CacheLock {
        try await lock(name, isShared: false, waiting)
    }

    /// Shares the lock of that name with others who share it; waits while somebody has it alone.
    public func share(_ name: String, waiting: @Sendable () -> Void = {}) async throws(PackageSourceError) -> CacheLock {
        try await lock(name, isShared: true, waiting)
    }

    /// Keeps everything in the cache from being pruned while somebody fetches, builds or links. What is only read in one
    /// piece needs no such care.
    public func use() async throws(PackageSourceError) -> CacheLock { try await share(Self.useName) }

    /// Waits for nobody: `nil` while somebody uses the cache.
    public func tryToHaveAlone() throws(PackageSourceError) -> CacheLock? { try tryLock(Self.useName) }

    private static let useName = "use of the cache"

    private func lock(
        _ name: String, isShared: Bool, _ waiting: @Sendable () -> Void
    ) async throws(PackageSourceError) -> CacheLock {
        try await CacheLock.take(try lockFile(name), isShared: isShared, waiting: waiting)
    }

    /// Takes the lock of that name if nobody has it; `nil` otherwise.
    public func tryLock(_ name: String) throws(PackageSourceError) -> CacheLock? {
        try CacheLock.attempt(try lockFile(name))
    }

    private func lockFile(_ name: String) throws(PackageSourceError) -> FilePath {
        try prepare(.locks).appending(SHA256Digest(hashing: name).hex.prefix(32) + ".lock")
    }
}
