#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a file that was unpacked once gets to where it is used.
package enum LinkMethod: Sendable, Hashable {
    /// A file of its own that shares the blocks until one of them is written to.
    case clone
    /// Another name for the same file.
    case hardLink
    case copy

    /// Puts the file `name` of one folder into another, under the same name or another one.
    ///
    /// A single file that cannot be linked (it may have as many names as the file system allows) is copied.
    /// - Returns: 0, or an `errno`; `EEXIST` if the place is taken.
    package func place(
        _ name: UnsafePointer<CChar>, from source: Int32, to target: Int32, as other: UnsafePointer<CChar>? = nil
    ) -> Int32 {
        if self == .hardLink {
            if linkat(source, name, target, other ?? name, 0) == 0 { return 0 }
            let code = errno
            guard [EMLINK, EXDEV, EPERM, EOPNOTSUPP].contains(code) else { return code }
        }
        return FileCopy.copy(name, from: source, to: target, as: other ?? name, cloning: self == .clone)
    }

    /// The best method that works between two folders, found out by trying; a file is made in `target` and removed.
    ///
    /// - Parameter name: A file in `source` to try with.
    package static func trying(_ name: String, from source: Int32, to target: Int32) -> LinkMethod {
        let probe = ".penstock-link-probe"
        defer { unlinkat(target, probe, 0) }
        if FileCopy.clones(name, from: source, to: target, as: probe) { return .clone }
        unlinkat(target, probe, 0)
        return linkat(source, name, target, probe, 0) == 0 ? .hardLink : .copy
    }
}
