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
