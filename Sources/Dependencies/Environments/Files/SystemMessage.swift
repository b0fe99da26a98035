#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Words for error numbers.
enum SystemMessage {
    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// What a person can do about it.
    static func help(_ code: Int32) -> String? {
        switch code {
        case ENOSPC, EDQUOT: "make room, or put the cache elsewhere with PENSTOCK_CACHE_DIR"
        case EROFS, EACCES, EPERM: "make the folder writable, or put the cache elsewhere with PENSTOCK_CACHE_DIR"
        case EMFILE, ENFILE: "allow more open files (ulimit -n)"
        default: nil
        }
    }
}
