import Archives
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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
        let method = LinkMethod.trying(name, from: folder.descriptor, to: target.descriptor)
        known.withLock { $0[pair] = method }
        return method
    }
}
