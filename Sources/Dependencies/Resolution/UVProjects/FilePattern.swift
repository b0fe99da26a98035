#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Names with `*`, `?` and `[…]` in them.
enum FilePattern {
    static func matches(_ name: String, _ pattern: String) -> Bool { fnmatch(pattern, name, FNM_PATHNAME) == 0 }
}
