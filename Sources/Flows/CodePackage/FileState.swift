#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a file stood when it was looked at: which one it is, how large, and when it was changed. One whose contents were
/// written since has another state, save within a tick of the file system's clock.
package struct FileState: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    package var size: Int64
    /// When the contents were written, in nanoseconds since 1970; anybody can set it.
    package var modified: Int64
    /// When contents, name or permissions were changed, in nanoseconds since 1970; the system sets it.
    package var changed: Int64
    package var isExecutable: Bool

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        isExecutable = status.st_mode & S_IXUSR != 0
        #if canImport(Darwin)
        let times = (status.st_mtimespec, status.st_ctimespec)
        #else
        let times = (status.st_mtim, status.st_ctim)
        #endif
        modified = Int64(times.0.tv_sec) &* 1_000_000_000 &+ Int64(times.0.tv_nsec)
        changed = Int64(times.1.tv_sec) &* 1_000_000_000 &+ Int64(times.1.tv_nsec)
    }
}
