import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a file of the cache gets into an environment.
enum LinkMethod: Sendable, Hashable {
    /// A file of its own that shares the blocks until one of them is written to.
    case clone
    /// Another name for the same file.
    case hardLink
    case copy

    /// Puts the file `name` of one folder into another, under the same name.
    ///
    /// A single file that cannot be linked (it may have as many names as the file system allows) is copied.
    /// - Returns: 0, or an `errno`; `EEXIST` if the place is taken.
    func place(_ name: UnsafePointer<CChar>, from source: Int32, to target: Int32) -> Int32 {
        if self == .hardLink {
            if linkat(source, name, target, name, 0) == 0 { return 0 }
            let code = errno
            guard [EMLINK, EXDEV, EPERM, EOPNOTSUPP].contains(code) else { return code }
        }
        return FileCopy.copy(name, from: source, to: target, cloning: self == .clone)
    }
}

/// Remembers which method works between two file systems; it is found out by trying, once for each pair.
final class LinkMethods: Sendable {
    private struct Pair: Hashable {
        var source: dev_t
        var target: dev_t
    }

    private let known = Mutex<[Pair: LinkMethod]>([:])

    /// The best method that works.
    ///
    /// - Parameters:
    ///   - source: A file to try with; its folder stands for the cache.
    ///   - target: A folder to try in, of our own.
    func method(from source: FilePath, to target: borrowing Folder) throws(EnvironmentError) -> LinkMethod {
        guard let name = source.lastComponent?.string else { return .copy }
        let folder = try Folder(source.removingLastComponent())
        var sourceStatus = stat()
        var targetStatus = stat()
        guard fstat(folder.descriptor, &sourceStatus) == 0, fstat(target.descriptor, &targetStatus) == 0 else {
            throw .system(operation: "look at", path: source.string, code: errno)
        }
        let pair = Pair(source: sourceStatus.st_dev, target: targetStatus.st_dev)
        if let method = known.withLock({ $0[pair] }) { return method }
        let method = Self.trying(name, from: folder.descriptor, to: target.descriptor)
        known.withLock { $0[pair] = method }
        return method
    }

    private static func trying(_ name: String, from source: Int32, to target: Int32) -> LinkMethod {
        let probe = ".penstock-link-probe"
        defer { unlinkat(target, probe, 0) }
        if FileCopy.clones(name, from: source, to: target, as: probe) { return .clone }
        unlinkat(target, probe, 0)
        return linkat(source, name, target, probe, 0) == 0 ? .hardLink : .copy
    }
}
