public import Digests
public import Lockfiles
public import PackageSources
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension EnvironmentStore {
    /// The environments of the cache, in the order of their names. Blocks.
    public func environments() -> [StoredEnvironment] {
        FileTree.names(in: cache.path(.environments)).filter { !$0.hasPrefix(".") }.sorted()
            .compactMap { stored(cache.path(.environments, $0)) }
    }

    /// The environment of a digest; `nil` if it is not there. Blocks.
    public func environment(_ digest: SHA256Digest) -> StoredEnvironment? {
        stored(cache.path(.environments, Self.folderName(digest)))
    }

    /// The environment that lies at a path; `nil` for a path outside of the cache. Blocks.
    public func environment(at path: FilePath) -> StoredEnvironment? {
        path.removingLastComponent() == cache.path(.environments) ? stored(path) : nil
    }

    private func stored(_ path: FilePath) -> StoredEnvironment? {
        guard let name = path.lastComponent?.string else { return nil }
        var status = stat()
        guard stat(path.appending(EnvironmentOrigin.fileName).string, &status) == 0 || stat(path.string, &status) == 0
        else { return nil }
        return StoredEnvironment(
            name: name, path: path, origin: EnvironmentOrigin(in: path), lastUsed: UTCTime(modificationOf: status))
    }

    /// Keeps an environment from being removed until what is given back is released or the process ends.
    ///
    /// - Returns: `nil` where the cache may not be written to: nobody can remove anything from it then.
    /// - Throws: `.cancelled`
    func hold(_ folder: String) async throws(EnvironmentError) -> CacheLock? {
        do throws(PackageSourceError) {
            return try await cache.share(Self.holdName(folder))
        } catch {
            if case .cancelled = error { throw .cancelled }
            return nil
        }
    }

    /// Keeps an environment of the cache from being removed; see `hold(_:)`.
    public func hold(_ environment: StoredEnvironment) async throws(EnvironmentError) -> CacheLock? {
        let hold = try await hold(environment.name)
        noteUse(of: environment.path)
        return hold
    }

    /// Notes that an environment is used now. What cannot be noted does not matter.
    func noteUse(of root: FilePath) {
        utimensat(AT_FDCWD, root.appending(EnvironmentOrigin.fileName).string, nil, 0)
    }

    /// Whether a process uses the environment, or builds it, at this moment.
    public func isHeld(_ environment: StoredEnvironment) -> Bool {
        guard let locks = seize(environment.name) else { return true }
        for lock in locks { lock.release() }
        return false
    }

    /// Removes an environment, unless somebody holds it. Blocks.
    ///
    /// It is out of the way before the first file of it is removed, so that nobody ever sees a part of it.
    ///
    /// - Returns: whether it was removed.
    public func remove(_ environment: StoredEnvironment) throws(EnvironmentError) -> Bool {
        guard let locks = seize(environment.name) else { return false }
        let discarded = Drafts.discard(environment.path, in: cache)
        let code = errno
        for lock in locks { lock.release() }
        guard let discarded else {
            if code == ENOENT { return true }
            throw .system(operation: "remove", path: environment.path.string, code: code)
        }
        FileTree.remove(discarded)
        return true
    }

    /// Takes all locks of an environment, so that nobody builds or uses it; `nil` if somebody does.
    private func seize(_ folder: String) -> [CacheLock]? {
        guard let build = try? cache.tryLock(Self.lockName(folder)) else { return nil }
        guard let hold = try? cache.tryLock(Self.holdName(folder)) else {
            build.release()
            return nil
        }
        return [hold, build]
    }

    static func holdName(_ folder: String) -> String { "use of environment \(folder)" }
}

extension UTCTime {
    init(modificationOf status: stat) {
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        self.init(seconds: Int64(time.tv_sec), nanoseconds: UInt32(clamping: time.tv_nsec))
    }

    /// The clock of this machine.
    public static func now() -> UTCTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTCTime(seconds: Int64(time.tv_sec), nanoseconds: UInt32(clamping: time.tv_nsec))
    }
}
