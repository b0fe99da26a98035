import Archives
import Digests
import PythonPackaging
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Pages in the cache.
struct PageStore: Sendable {
    private let cache: CacheDirectory
    /// Names of the indexes' folders by address: they are wanted for every page.
    private let folders: [String: String]
    /// When the machine was started, in seconds since 1970.
    ///
    /// Files get their names when they are complete, so only a crash of the machine can leave parts of one unwritten. What
    /// was written since then needs no check: going through megabytes of pages would take longer than resolving.
    private let machineStart: Int64

    init(_ cache: CacheDirectory, _ indexes: [PackageIndex], machineStart: Int64) {
        self.cache = cache
        self.machineStart = machineStart
        folders = Dictionary(indexes.map { ($0.address.url, Self.folder($0)) }) { first, _ in first }
    }

    /// A page that was kept, and for how many seconds it has not been validated.
    struct Kept {
        var listing: CachedListing
        var age: Int64

        /// A time in the future means that the clock was changed: who knows how old it is.
        var isFresh: Bool { age >= 0 && age < listing.lifetime }

        /// Whether it may serve although the server failed.
        func isUsable(after error: PackageSourceError) -> Bool {
            guard age >= 0, age < listing.lifetime + listing.staleIfError else { return false }
            switch error {
            case .unreachable: return true
            case .status(_, let code, _): return code >= 500
            default: return false
            }
        }
    }

    func path(_ index: PackageIndex, _ project: PackageName) -> FilePath {
        cache.path(.pages, folders[index.address.url] ?? Self.folder(index), "\(project).page")
    }

    private static func folder(_ index: PackageIndex) -> String {
        "\(index.address.host)-\(SHA256Digest(hashing: index.address.url).hex.prefix(12))"
    }

    /// The page that is kept, `nil` for none or a damaged one.
    ///
    /// Maps a file that is in the system's memory as a rule: quicker than going to another thread for it.
    func read(_ path: FilePath, now: Int64) -> Kept? {
        var status = stat()
        guard stat(path.string, &status) == 0, let stored = try? StoredBytes(mapping: path) else { return nil }
        #if canImport(Darwin)
        let (written, changed) = (Int64(status.st_mtimespec.tv_sec), Int64(status.st_ctimespec.tv_sec))
        #else
        let (written, changed) = (Int64(status.st_mtim.tv_sec), Int64(status.st_ctim.tv_sec))
        #endif
        // The clock may have been set a little while the machine started.
        let isWhole = changed > machineStart + 60
        return CachedListing(stored, isWhole: isWhole).map { Kept(listing: $0, age: now - written) }
    }

    /// Keeps a page, and gives it as it is kept.
    func keep(_ bytes: [UInt8], at path: FilePath) throws(PackageSourceError) -> CachedListing {
        try cache.publish(bytes, to: path)
        return try Self.listing(bytes, path)
    }

    /// A page as it would be kept.
    static func listing(_ bytes: [UInt8], _ path: FilePath) throws(PackageSourceError) -> CachedListing {
        guard let listing = CachedListing(StoredBytes(copying: bytes)) else {
            throw .page(url: path.lastComponent?.string ?? path.string, reason: "it is too large to be kept")
        }
        return listing
    }

    /// Says that a page is current as of now.
    func touch(_ path: FilePath) {
        // Where this fails, the page is validated once more next time.
        _ = utimensat(AT_FDCWD, path.string, nil, 0)
    }
}
