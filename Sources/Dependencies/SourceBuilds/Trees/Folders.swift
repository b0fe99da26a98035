import Environments
import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Folders of our own, in the cache.
enum Folders {
    /// Makes a folder; its parent must exist. Blocks.
    static func make(_ path: FilePath) throws(Errno) {
        if mkdir(path.string, 0o755) != 0 { throw Errno(rawValue: errno) }
    }

    /// Removes temporary folders that processes which are not there any more have left behind, a day after. Blocks.
    static func sweep(_ cache: CacheDirectory) {
        let root = cache.path(.temporary)
        for name in FileTree.names(in: root) {
            // `.build.<process>.<token>`, as the cache names what is temporary.
            let parts = name.split(separator: ".")
            guard parts.count == 3, kinds.contains(String(parts[0])), let process = pid_t(parts[1]), process > 1 else { continue }
            let path = root.appending(name)
            var status = stat()
            // Another machine that shares the cache has other processes, and no build takes days.
            guard stat(path.string, &status) == 0, age(of: status) > 86_400 else { continue }
            if kill(process, 0) != 0, errno == ESRCH { FileTree.remove(path) }
        }
    }

    private static let kinds: Set = ["build", "source", "git"]

    private static func age(of status: stat) -> Int {
        #if canImport(Darwin)
        time(nil) - status.st_mtimespec.tv_sec
        #else
        time(nil) - status.st_mtim.tv_sec
        #endif
    }

    /// Makes an empty folder among the temporary ones, named after what it is for. Blocks.
    static func temporary(_ name: String, in cache: CacheDirectory) throws(SourceBuildError) -> FilePath {
        let path: FilePath
        do throws(PackageSourceError) {
            path = cache.temporaryName(beside: try cache.prepare(.temporary).appending(name))
        } catch {
            throw SourceBuildError(error)
        }
        do throws(Errno) {
            try make(path)
        } catch {
            throw .system(operation: "make the folder", path: path.string, code: error.rawValue)
        }
        return path
    }
}

extension SourceBuildError {
    /// What the cache says, in our words.
    init(_ error: PackageSourceError) {
        switch error {
        case .cancelled: self = .cancelled
        case .cache(let operation, let path, let code): self = .system(operation: operation, path: path, code: code)
        default: self = .cache(cause: error)
        }
    }

    init(_ error: EnvironmentError) {
        switch error {
        case .cancelled: self = .cancelled
        case .system(let operation, let path, let code): self = .system(operation: operation, path: path, code: code)
        default: self = .cache(cause: error)
        }
    }
}
