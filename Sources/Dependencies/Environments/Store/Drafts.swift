import Digests
import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Folders that are being made beside the place that they will be renamed to.
///
/// Their names begin with a dot and the digest of the place. Whoever makes one holds the lock of that digest, so a draft
/// whose lock can be taken belongs to a process that has ended.
enum Drafts {
    /// Makes an empty draft, and the folder that it lies in.
    static func make(beside place: FilePath, in cache: CacheDirectory) throws(EnvironmentError) -> FilePath {
        let draft = cache.temporaryName(beside: place)
        if mkdir(draft.string, 0o755) == 0 { return draft }
        do throws(PackageSourceError) {
            try cache.prepare(.environments)
            try cache.prepare(.wheels)
        } catch {
            throw EnvironmentError(error)
        }
        _ = try Folder.calling("make the folder", draft) { mkdir(draft.string, 0o755) }
        return draft
    }

    /// Removes what ended processes have left behind.
    static func sweep(_ cache: CacheDirectory) {
        for name in FileTree.names(in: cache.path(.environments)) {
            guard let digest = digest(in: name) else { continue }
            remove(cache.path(.environments, name), lock: EnvironmentStore.lockName(digest), cache)
        }
        for name in FileTree.names(in: cache.path(.wheels)) {
            guard let digest = digest(in: name) else { continue }
            remove(cache.path(.wheels, name), lock: WheelCache.lockName(digest), cache)
        }
    }

    private static func remove(_ draft: FilePath, lock name: String, _ cache: CacheDirectory) {
        guard let lock = try? cache.tryLock(name) else { return }
        FileTree.remove(draft)
        lock.release()
    }

    // `.<64 hexadecimal digits>.<anything>`
    private static func digest(in name: String) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0].isEmpty, SHA256Digest(hex: parts[1]) != nil else { return nil }
        return String(parts[1])
    }
}
