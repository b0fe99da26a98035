import Archives
import Digests
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

/// A file that was fetched, and what it holds.
struct FetchedArchive: Sendable {
    var file: FilePath
    var sha256: SHA256Digest
    /// In bytes.
    var size: Int64
}

extension SourceBuilder {
    /// Fetches an archive into the cache, unless it is there or lies on this machine anyway.
    ///
    /// - Parameter sha256: what it has to have; anything else is refused.
    func fetch(
        _ url: String, filename: String, sha256: SHA256Digest?, size: Int64?, what: String
    ) async throws(SourceBuildError) -> FetchedArchive {
        if let path = LocalFile.path(ofURL: url) {
            return try await local(path, sha256: sha256, what: what)
        }
        if let sha256, let kept = await BlockingWork.run({ self.kept(sha256, filename) }) { return kept }
        do {
            let folder = try cache.prepare(.sources, "archives")
            let draft = cache.temporaryName(beside: folder.appending("archive"))
            let found = try await openClient().download(url, sha256: sha256, size: size, to: draft)
            return try await BlockingWork.run {
                try self.cache.prepare(.sources, "archives", found.hex)
                let place = self.place(found, filename)
                guard rename(draft.string, place.string) == 0 else {
                    throw PackageSourceError.cache(operation: "keep the archive", path: place.string, code: errno)
                }
                return FetchedArchive(file: place, sha256: found, size: Self.size(of: place) ?? 0)
            }
        } catch {
            throw Task.isCancelled ? .cancelled : .notFetched(what: what, cause: error)
        }
    }

    private func local(
        _ path: FilePath, sha256: SHA256Digest?, what: String
    ) async throws(SourceBuildError) -> FetchedArchive {
        let (found, size) = try await BlockingWork.run { () throws(SourceBuildError) in try FileDigest.of(path) }
        if let sha256, sha256 != found {
            throw .notFetched(
                what: what, cause: PackageSourceError.digestMismatch(url: path.string, expected: sha256, found: found))
        }
        return FetchedArchive(file: path, sha256: found, size: size)
    }

    private func place(_ sha256: SHA256Digest, _ filename: String) -> FilePath {
        cache.path(.sources, "archives", sha256.hex).appending(filename)
    }

    private func kept(_ sha256: SHA256Digest, _ filename: String) -> FetchedArchive? {
        let place = place(sha256, filename)
        return Self.size(of: place).map { FetchedArchive(file: place, sha256: sha256, size: $0) }
    }

    private static func size(of path: FilePath) -> Int64? {
        var status = stat()
        guard stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }
}
