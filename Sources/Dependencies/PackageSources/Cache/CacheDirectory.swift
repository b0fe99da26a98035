public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The folder in which Penstock keeps what it can fetch or build again.
///
/// Any number of processes may use it at once: files appear complete, by renaming, and are never changed afterwards.
public struct CacheDirectory: Sendable, Hashable {
    /// The parts of the cache, by purpose.
    public enum Folder: String, Sendable, Hashable, CaseIterable {
        /// What an index offers of a project.
        case pages
        /// Core metadata of single files.
        case metadata
        /// Archives that were asked for by their address, as they came, by SHA-256.
        case archives
        /// What channels offer: repodata, with where in it each package is, and what packages of channels provide.
        case channels
        /// Wheels, unpacked, by SHA-256.
        case wheels
        /// Conda packages, unpacked, by SHA-256.
        case condaPackages = "conda-packages"
        /// Mirrors of repositories.
        case sources
        /// Metadata and wheels that were built of sources, and what the builds printed.
        case builds
        /// What is known about interpreters.
        case interpreters
        /// The newest code package of each flow, by the state of its files.
        case code
        /// Built environments.
        case environments
        /// Empty files that processes lock.
        case locks
        /// Files on their way in; what lies here may be removed when no Penstock runs.
        case temporary
    }

    public let root: FilePath

    public init(root: FilePath) {
        self.root = root
    }

    /// `$PENSTOCK_CACHE_DIR`, else `$XDG_CACHE_HOME/penstock`, else `~/.cache/penstock`. Makes nothing.
    public static func discover(environment: [String: String]) throws(PackageSourceError) -> CacheDirectory {
        if let path = environment["PENSTOCK_CACHE_DIR"], !path.isEmpty {
            return CacheDirectory(root: absolute(FilePath(path)))
        }
        // The XDG specification: relative paths are to be ignored.
        if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") {
            return CacheDirectory(root: FilePath(path).appending("penstock"))
        }
        guard let home = environment["HOME"], !home.isEmpty else { throw .noCacheDirectory }
        return CacheDirectory(root: FilePath(home).appending(".cache").appending("penstock"))
    }

    private static func absolute(_ path: FilePath) -> FilePath {
        path.isRelative ? workingFolder()?.pushing(path) ?? path : path
    }

    /// The path of something in the cache; makes nothing.
    public func path(_ folder: Folder, _ components: String...) -> FilePath {
        components.reduce(root.appending(folder.rawValue)) { $0.appending($1) }
    }

    /// Makes the folder, its parents, and the marker by which backup programs leave a cache out.
    @discardableResult
    public func prepare(_ folder: Folder, _ components: String...) throws(PackageSourceError) -> FilePath {
        let path = components.reduce(root.appending(folder.rawValue)) { $0.appending($1) }
        try makeFolder(path)
        return path
    }

    /// Makes a folder below the root, with its parents.
    package func makeFolder(_ path: FilePath) throws(PackageSourceError) {
        if mkdir(path.string, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, path.components.count > 1 else {
            throw .cache(operation: "make the folder", path: path.string, code: errno)
        }
        try makeFolder(path.removingLastComponent())
        guard mkdir(path.string, 0o755) == 0 || errno == EEXIST else {
            throw .cache(operation: "make the folder", path: path.string, code: errno)
        }
        if path == root { mark() }
    }

    /// bford.info/cachedir. A cache without the marker is a cache all the same: errors do not matter.
    private func mark() {
        let text = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by Penstock; everything in here can be made again.\n"
        try? publish(Array(text.utf8), to: root.appending("CACHEDIR.TAG"))
    }

    /// A name beside `path` that nobody else uses, to write to before renaming.
    public func temporaryName(beside path: FilePath) -> FilePath {
        let token = String(UInt64.random(in: .min ... .max), radix: 36)
        let name = path.lastComponent?.string ?? "file"
        return path.removingLastComponent().appending(".\(name).\(getpid()).\(token)")
    }

    /// Writes a file so that others see all of it or nothing. Its folder is made when missing.
    public func publish(_ bytes: [UInt8], to path: FilePath) throws(PackageSourceError) {
        let temporary = temporaryName(beside: path)
        var descriptor = open(temporary.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if descriptor < 0, errno == ENOENT {
            try makeFolder(path.removingLastComponent())
            descriptor = open(temporary.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        }
        guard descriptor >= 0 else { throw .cache(operation: "write", path: temporary.string, code: errno) }
        let code = Self.write(bytes, to: descriptor)
        close(descriptor)
        guard code == 0, rename(temporary.string, path.string) == 0 else {
            let failure = code == 0 ? errno : code
            unlink(temporary.string)
            throw .cache(operation: "write", path: path.string, code: failure)
        }
    }

    /// Returns 0 or an `errno`.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                #if canImport(Glibc)
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #elseif canImport(Musl)
                let count = Musl.write(descriptor, rest.baseAddress, rest.count)
                #else
                let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return 0
        }
    }
}
