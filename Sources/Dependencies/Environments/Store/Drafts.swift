import CondaPrefixes
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
/// Their names begin with a dot and the name of the place. Whoever makes one holds the lock of that place, so a draft
/// whose lock can be taken belongs to a process that has ended.
enum Drafts {
    /// Makes an empty draft, and the folder that it lies in.
    static func make(beside place: FilePath, in cache: CacheDirectory) throws(EnvironmentError) -> FilePath {
        let draft = cache.temporaryName(beside: place)
        if mkdir(draft.string, 0o755) == 0 { return draft }
        do throws(PackageSourceError) {
            try cache.prepare(.environments)
            try cache.prepare(.wheels)
            try cache.prepare(.condaPackages)
        } catch {
            throw EnvironmentError(error)
        }
        _ = try Folder.calling("make the folder", draft) { mkdir(draft.string, 0o755) }
        return draft
    }

    /// Takes what ended processes have left behind out of the way, and names it to be removed.
    ///
    /// - Parameter held: The folder name of the environment whose lock the caller holds and for which it has made no draft yet.
    static func discard(_ cache: CacheDirectory, held: String) -> [FilePath] {
        discard(in: .environments, cache, held: held, lockName: EnvironmentStore.lockName)
            + discard(in: .wheels, cache, held: nil, lockName: WheelCache.lockName)
            + discard(in: .condaPackages, cache, held: nil, lockName: CondaPackageCache.lockName)
    }

    private static func discard(
        in folder: CacheDirectory.Folder, _ cache: CacheDirectory, held: String?, lockName: (String) -> String
    ) -> [FilePath] {
        FileTree.names(in: cache.path(folder)).compactMap { name in
            let path = cache.path(folder, name)
            if name.hasPrefix(discarded) { return path }
            guard let final = finalName(in: name) else { return nil }
            if final == held { return rename(path, in: cache) }
            guard let lock = try? cache.tryLock(lockName(final)) else { return nil }
            defer { lock.release() }
            return rename(path, in: cache)
        }
    }

    /// Takes something out of the way for good; gives its new path, to be removed. `nil` with an `errno` if that fails.
    static func discard(_ path: FilePath, in cache: CacheDirectory) -> FilePath? { rename(path, in: cache) }

    /// Removes what stands at a place whose lock the caller holds. At once nobody finds it there any more.
    static func remove(_ place: FilePath, in cache: CacheDirectory) throws(EnvironmentError) {
        guard let renamed = discard(place, in: cache) else {
            if errno == ENOENT { return }
            throw .system(operation: "remove", path: place.string, code: errno)
        }
        FileTree.remove(renamed)
    }

    private static let discarded = ".discarded."

    // Under another name nobody takes it for a draft, should its removal be cut short.
    private static func rename(_ path: FilePath, in cache: CacheDirectory) -> FilePath? {
        let token = cache.temporaryName(beside: path).lastComponent?.string ?? ""
        let other = path.removingLastComponent().appending(discarded + token)
        return systemRename(path.string, other.string) == 0 ? other : nil
    }

    // Drafts are called `.<name of the place>.<anything>`, and places by hexadecimal digits.
    private static func finalName(in name: String) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0].isEmpty, !parts[1].isEmpty, parts[1].allSatisfy(\.isHexDigit) else {
            return nil
        }
        return String(parts[1])
    }
}

// Inside `Drafts` the name `rename` means its method.
private func systemRename(_ old: String, _ new: String) -> Int32 { rename(old, new) }
